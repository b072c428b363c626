import './message-files.css'
import type { StoredFile } from '@parlor/client'
import { Loaded } from '../../../pages/loaded.tsx'
import { pictureSize } from './picture-size.ts'

const loadView = () => import('./file-view.tsx')
/** The width of a picture in an album on a wide screen, in pixels. */
const square = 180

/**
 * What a message carries: pictures together, everything else below one another. Each file has its place before the code
 * that shows it is there (rules MF).
 */
export function MessageFiles({ files }: { files: readonly StoredFile[] }) {
  const pictures = files.filter(({ kind }) => kind === 'image')
  const isAlbum = pictures.length > 1
  const alone = files.filter(({ kind }) => kind !== 'image' || !isAlbum)
  return (
    <div class="message-files">
      {isAlbum && (
        <ul class="album" data-two={pictures.length === 2 || pictures.length === 4 || undefined}>
          {pictures.map((file) => (
            <li key={file.id} class="file-place" data-kind="image">
              <View file={file} width={square} />
            </li>
          ))}
        </ul>
      )}
      {alone.map((file) => (
        <Place key={file.id} file={file} />
      ))}
    </div>
  )
}

function Place({ file }: { file: StoredFile }) {
  const { width, ratio } = pictureSize(file)
  const isSeen = file.kind === 'image' || file.kind === 'video'
  return (
    <div
      class="file-place"
      data-kind={file.kind}
      style={isSeen ? { width: `min(100%, ${width}px)`, aspectRatio: `${ratio}` } : {}}
    >
      <View file={file} width={width} />
    </div>
  )
}

const View = (props: { file: StoredFile; width: number }) => (
  <Loaded load={loadView} inline>
    {({ FileView }) => <FileView {...props} />}
  </Loaded>
)
