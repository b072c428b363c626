import { createStore } from '@parlor/client/store'
import { useEffect, useMemo } from 'preact/hooks'
import { useApp, useDates } from '../../app-context.ts'
import { Download, Picture, Recording } from '../timeline/files/file-view.tsx'
import { openViewer } from '../viewer/open-viewer.tsx'
import type { Carrier, Slide } from '../viewer/slides.ts'
import type { RoomFile } from './use-room-files.ts'

type Props = { room_id: string; files: readonly RoomFile[] }

const carrierOf = (room_id: string, { seq, sender, created_at }: RoomFile): Carrier => ({
  ...{ room_id, seq, sender, created_at },
})

/** Pictures and videos as squares, which open in the viewer; there the oldest is first, as in the conversation. */
export function MediaGrid({ room_id, files }: Props) {
  const app = useApp()
  const slides = useMemo(() => createStore<readonly Slide[]>([]), [])
  const shown = useMemo(
    () => files.map((each): Slide => ({ file: each.file, message: carrierOf(room_id, each) })),
    [files],
  )
  useEffect(() => slides.set(inOrder(shown)), [shown])
  return (
    <ul class="media-grid">
      {shown.map((slide) => {
        const open = () => openViewer(app, slides, slide.file.id)
        return (
          <li key={slide.file.id}>
            {slide.file.kind === 'image' ? (
              <Picture {...slide} width={150} onOpen={open} />
            ) : (
              <Recording {...slide} isTile onOpen={open} />
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** The files of a message stay in their order. */
const inOrder = (slides: readonly Slide[]): Slide[] =>
  slides.toSorted((one, other) => (one.message.seq ?? 0) - (other.message.seq ?? 0))

/** Sound and other files, each with who sent it and when. */
export function FileList({ room_id, files }: Props) {
  const dates = useDates()
  return (
    <ul class="file-list">
      {files.map((each) => {
        const { file, sender, created_at } = each
        const props = { file, message: carrierOf(room_id, each) }
        return (
          <li key={file.id}>
            <div class="file-place" data-kind={file.kind}>
              {file.kind === 'audio' ? <Recording {...props} onOpen={() => {}} /> : <Download {...props} />}
            </div>
            <p class="file-by">
              {file.kind === 'audio' && <span dir="auto">{file.alt ?? file.name} · </span>}
              <span dir="auto">{sender.name}</span> · <time dateTime={created_at}>{dates.full(created_at)}</time>
            </p>
          </li>
        )
      })}
    </ul>
  )
}
