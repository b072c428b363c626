import type { StoredFile } from '@parlor/client'
import { fileUrl } from './file-url.ts'

/** The image of a picture in the size that fits `sizes`, and its placeholder until it is there. */
export function PictureImage({ file, sizes, onError, ...rest }: Props) {
  const sources = file.renditions.map((copy) => `${fileUrl(copy.url)} ${copy.width}w`)
  if (file.width !== null) sources.push(`${fileUrl(file.url)} ${file.width}w`)
  return (
    <img
      // Another link is another image, whose placeholder shows again.
      key={file.url}
      {...rest}
      srcset={sources.join(', ')}
      sizes={sizes}
      src={fileUrl(file.url)}
      alt={file.alt ?? file.name}
      width={file.width ?? undefined}
      height={file.height ?? undefined}
      decoding="async"
      draggable={false}
      // Seen until the picture is there.
      style={{
        ...rest.style,
        ...(file.placeholder === null ? {} : { backgroundImage: `url("${file.placeholder}")` }),
      }}
      onLoad={({ currentTarget }) => currentTarget.style.removeProperty('background-image')}
      onError={onError}
    />
  )
}

type Props = {
  file: StoredFile
  sizes: string
  class?: string
  loading?: 'lazy'
  style?: Readonly<Record<string, string>>
  onError: () => void
}
