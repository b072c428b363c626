import './file-view.css'
import type { Messages, StoredFile } from '@parlor/client'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../../app-context.ts'
import { sizeIn } from '../../../texts/sizes.ts'
import { Icon } from '../../../ui/icon.tsx'
import { openViewer } from '../../viewer/open-viewer.tsx'
import { type Carrier, slidesOf } from '../../viewer/slides.ts'
import { fileUrl } from './file-url.ts'
import { Gone } from './gone.tsx'
import { isThere } from './is-there.ts'
import { PictureImage } from './picture-image.tsx'
import { AudioPlayer } from './player/audio-player.tsx'
import { VideoPoster } from './player/video-poster.tsx'
import { useFreshFile } from './use-fresh-file.ts'
import { fileIcons } from './icons.ts'

type Props = { file: StoredFile; message: Carrier }

/**
 * What stands in a file's place, which `message-files.tsx` keeps for it (rules MF). `width` is that of the place at most,
 * in pixels.
 */
export function FileView({ messages, width, ...props }: Props & { width: number; messages: Messages }) {
  const app = useApp()
  const { file } = props
  const open = () =>
    openViewer(app, { get: () => slidesOf(messages.get().items), subscribe: messages.subscribe }, file.id)
  if (file.kind === 'image') return <Picture {...props} width={width} onOpen={open} />
  return file.kind === 'file' ? <Download {...props} /> : <Recording {...props} onOpen={open} />
}

/** A picture, which opens in the viewer; as a link it leads to the whole of it. */
export function Picture({ width, onOpen, ...props }: Props & { width: number; onOpen: () => void }) {
  const fresh = useFreshFile(props.file, props.message)
  const { file, failed, renew } = fresh
  if (failed) return <Gone of={fresh} />
  return (
    <a
      class="picture"
      href={fileUrl(file.url)}
      target="_blank"
      rel="noopener"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        onOpen()
      }}
    >
      <PictureImage file={file} sizes={`auto, ${width}px`} loading="lazy" onError={() => void renew()} />
    </a>
  )
}

/**
 * Sound or video; for download where the browser cannot play it. In a small place (`isTile`) only the viewer says so.
 */
export function Recording({ onOpen, isTile = false, ...props }: Props & { onOpen: () => void; isTile?: boolean }) {
  const t = useAllTexts()
  const fresh = useFreshFile(props.file, props.message)
  const { file, failed, renew } = fresh
  const [unplayable, setUnplayable] = useState(false)
  if (failed) return <Gone of={fresh} />
  if (unplayable && !isTile)
    return (
      <>
        <Download {...props} />
        <p class="file-note">{t('file.unplayable')}</p>
      </>
    )
  if (file.kind === 'audio')
    return (
      <AudioPlayer
        file={file}
        message={props.message}
        // It has read the message again by then, and tells what came of it.
        onFailed={(why) => (why === 'unplayable' ? setUnplayable(true) : void renew())}
      />
    )
  const judge = (there: boolean) => (there ? setUnplayable(true) : renew())
  return <VideoPoster file={file} onOpen={onOpen} onError={() => void isThere(file).then(judge)} />
}

/** Any other file, for download. */
export function Download(props: Props) {
  const { texts } = useApp()
  const t = useAllTexts()
  const fresh = useFreshFile(props.file, props.message)
  const { file, failed, renew } = fresh
  const size = sizeIn(texts.language, file.size)
  return (
    <>
      <a
        class="download"
        href={fileUrl(file.url)}
        download={file.name}
        onClick={() => void isThere(file).then((there) => (there ? undefined : renew()))}
      >
        <Icon name={fileIcons.file} />
        <span class="visually-hidden">{t('file.download')} </span>
        <span class="file-name" dir="auto">
          {file.name}
        </span>
        <span class="file-size numbers">{size}</span>
        <Icon name={fileIcons.download} />
      </a>
      <div role="status">{failed && <Gone of={fresh} />}</div>
    </>
  )
}
