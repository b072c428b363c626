import type { StoredFile } from '@parlor/client'
import { fileUrl } from './file-url.ts'

/** Whether the link of a file works. Without a connection nothing is known; the browser says that itself. */
export const isThere = ({ url }: StoredFile): Promise<boolean> =>
  fetch(fileUrl(url), { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => true,
  )
