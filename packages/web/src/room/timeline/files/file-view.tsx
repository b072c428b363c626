import './file-view.css'
import type { StoredFile } from '@parlor/client'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../../app-context.ts'
import { sizeIn } from '../../../texts/sizes.ts'
import { Icon } from '../../../ui/icon.tsx'
import { fileUrl } from './file-url.ts'

/** What stands in a file's place, which `message-files.tsx` keeps for it (rules MF). `width` is that of the place, in pixels. */
export function FileView({ file, width }: { file: StoredFile; width: number }) {
  if (file.kind === 'image') return <Picture file={file} width={width} />
  return file.kind === 'file' ? <Download file={file} /> : <Recording file={file} />
}

/** A picture, which leads to the whole of it. */
function Picture({ file, width }: { file: StoredFile; width: number }) {
  const [gone, setGone] = useState(false)
  if (gone) return <Gone name={file.name} />
  const sources = file.renditions.map((copy) => `${fileUrl(copy.url)} ${copy.width}w`)
  if (file.width !== null) sources.push(`${fileUrl(file.url)} ${file.width}w`)
  return (
    <a class="picture" href={fileUrl(file.url)} target="_blank" rel="noopener">
      <img
        srcset={sources.join(', ')}
        sizes={`${width}px`}
        src={fileUrl(file.url)}
        alt={file.alt ?? file.name}
        width={file.width ?? undefined}
        height={file.height ?? undefined}
        loading="lazy"
        decoding="async"
        // Seen until the picture is there.
        style={file.placeholder === null ? {} : { backgroundImage: `url("${file.placeholder}")` }}
        onLoad={({ currentTarget }) => currentTarget.style.removeProperty('background-image')}
        onError={() => setGone(true)}
      />
    </a>
  )
}

/** Sound or video, in the browser's own player; for download where the browser cannot play it. */
function Recording({ file }: { file: StoredFile }) {
  const t = useAllTexts()
  const [failed, setFailed] = useState<'gone' | 'unplayable' | null>(null)
  if (failed === 'gone') return <Gone name={file.name} />
  if (failed === 'unplayable')
    return (
      <>
        <Download file={file} />
        <p class="file-note">{t('file.unplayable')}</p>
      </>
    )
  const player = {
    src: fileUrl(file.url),
    controls: true,
    preload: 'metadata',
    'aria-label': file.alt ?? file.name,
    onError: () => void isThere(file).then((there) => setFailed(there ? 'unplayable' : 'gone')),
  } as const
  return file.kind === 'video' ? <video class="player" playsInline {...player} /> : <audio class="player" {...player} />
}

/** Without a connection nothing is known; the browser says that itself. */
const isThere = ({ url }: StoredFile): Promise<boolean> =>
  fetch(fileUrl(url), { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => true,
  )

/** Any other file, for download. */
function Download({ file }: { file: StoredFile }) {
  const { texts } = useApp()
  const t = useAllTexts()
  const [gone, setGone] = useState(false)
  const size = sizeIn(texts.language, file.size)
  return (
    <>
      <a
        class="download"
        href={fileUrl(file.url)}
        download={file.name}
        onClick={() => void isThere(file).then((there) => setGone(!there))}
      >
        <Icon name="file" />
        <span class="visually-hidden">{t('file.download')} </span>
        <span class="file-name" dir="auto">
          {file.name}
        </span>
        <span class="file-size numbers">{size}</span>
        <Icon name="download" />
      </a>
      <div role="status">{gone && <Gone />}</div>
    </>
  )
}

/** In place of a file that was removed, or whose link has expired. */
function Gone({ name }: { name?: string }) {
  const t = useAllTexts()
  return (
    <p
      class="file-gone"
      // In the place of a small picture it scrolls, by keyboard too.
      tabIndex={0}
    >
      {name !== undefined && <b dir="auto">{name} </b>}
      {t('file.gone')}
    </p>
  )
}
