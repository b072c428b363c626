import type { StoredFile } from '@parlor/client'
import { useRef, useState } from 'preact/hooks'
import { useApp } from '../../../app-context.ts'
import type { Carrier } from '../../viewer/slides.ts'
import { rereadWith } from './reread.ts'

export type FreshFile = {
  /** With the newest links that are known. */
  file: StoredFile
  /** Why it cannot be loaded: it is not there any more, or nothing is known because the server could not be asked. */
  failed: 'gone' | 'unknown' | null
  /** Its link did not work: reads its message again for a new one, and tells by `failed` if there is none (rule MF5). */
  renew(): Promise<void>
}

export function useFreshFile(given: StoredFile, message: Carrier): FreshFile {
  const { session } = useApp()
  const [found, setFound] = useState<{ of: StoredFile; file: StoredFile; failed: FreshFile['failed'] } | null>(null)
  const asking = useRef(false)
  const { file, failed } = found?.of === given ? found : { file: given, failed: null }
  return {
    file,
    failed,
    async renew() {
      if (asking.current) return
      asking.current = true
      try {
        const again = await rereadWith(session.parlor)(file, message)
        const isNew = again !== null && again.url !== file.url
        setFound({ of: given, file: again ?? file, failed: isNew ? null : 'gone' })
      } catch {
        setFound({ of: given, file, failed: 'unknown' })
      } finally {
        asking.current = false
      }
    },
  }
}
