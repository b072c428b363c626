import './crop-dialog.css'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useAllTexts } from '../app-context.ts'
import { explain, useTask } from '../failure.ts'
import { Button } from '../ui/controls/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Dialog } from '../ui/overlays/dialog.tsx'
import { type Crop, mostZoom, placed, type Size, zoomOf } from './crop.ts'
import { drawCrop } from './draw-crop.ts'
import { useCrop } from './use-crop.ts'

/** What the picture is for decides its shape: people are round. */
export type Subject = 'person' | 'room'

type Props = {
  file: File
  subject: Subject
  /** Sends the picture; what it rejects with is explained. */
  onPicture: (picture: Blob) => Promise<void>
  onClose: () => void
}

/** Chooses the square part of an image that becomes the picture of a person or a room. */
export function CropDialog({ file, subject, onPicture, onClose }: Props) {
  const t = useAllTexts()
  const url = useObjectUrl(file)
  const image = useRef<HTMLImageElement>(null)
  const [size, setSize] = useState<Size | null>(null)
  const [unreadable, setUnreadable] = useState(false)
  const { crop, square, zoomTo, handlers } = useCrop(size)
  const save = useTask(async () => {
    const drawn = image.current && crop ? await drawCrop(image.current, crop) : null
    if (!drawn) return setUnreadable(true)
    await onPicture(drawn)
    onClose()
  })
  const loaded = ({
    currentTarget: { naturalWidth: width, naturalHeight: height },
  }: {
    currentTarget: HTMLImageElement
  }) => (width > 0 && height > 0 ? setSize({ width, height }) : setUnreadable(true))
  return (
    <Dialog
      title={t('picture.crop')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" busy={save.busy} disabled={!crop || unreadable} onClick={() => void save.run()}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      {save.failure && <Notice tone="danger">{explain(t, save.failure.code)}</Notice>}
      {unreadable ? (
        <Notice tone="danger">{t('picture.unreadable')}</Notice>
      ) : (
        <>
          <div
            ref={square}
            class="crop"
            data-subject={subject}
            role="application"
            aria-label={t('picture.part')}
            aria-describedby="crop-keys"
            tabIndex={0}
            {...handlers}
          >
            {url && (
              <img
                ref={image}
                src={url}
                alt=""
                draggable={false}
                style={crop && size ? placed(crop, size) : { visibility: 'hidden' }}
                onLoad={loaded}
                onError={() => setUnreadable(true)}
              />
            )}
          </div>
          {crop && size && (
            <div class="crop-tools">
              <Zoom crop={crop} size={size} onZoom={zoomTo} />
              <Preview url={url} crop={crop} size={size} subject={subject} />
            </div>
          )}
          <p id="crop-keys" class="soft small">
            {t('picture.keys')}
          </p>
        </>
      )}
    </Dialog>
  )
}

/** A slider over the logarithm of the zoom, so that each step enlarges by the same factor. */
function Zoom({ crop, size, onZoom }: { crop: Crop; size: Size; onZoom: (zoom: number) => void }) {
  const t = useAllTexts()
  const most = Math.log(mostZoom(size))
  return (
    <label class="crop-zoom">
      <span class="field-label">{t('picture.zoom')}</span>
      <input
        type="range"
        min={0}
        max={Math.max(most, 0.01)}
        step="any"
        disabled={most === 0}
        value={Math.log(zoomOf(crop, size))}
        aria-valuetext={`${Math.round(zoomOf(crop, size) * 100)} %`}
        onInput={({ currentTarget }) => onZoom(Math.exp(currentTarget.valueAsNumber))}
        onKeyDown={(event) => {
          const by = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1 }[event.key]
          if (by === undefined) return
          event.preventDefault()
          onZoom(zoomOf(crop, size) * Math.exp(by))
        }}
      />
    </label>
  )
}

/** The picture as it will be shown, in two of its sizes. */
function Preview({ url, crop, size, subject }: { url: string | null; crop: Crop; size: Size; subject: Subject }) {
  return (
    <div class="crop-previews" aria-hidden="true">
      {['l', 's'].map((each) => (
        <span key={each} class="crop-preview" data-size={each} data-subject={subject}>
          {url && <img src={url} alt="" style={placed(crop, size)} />}
        </span>
      ))}
    </div>
  )
}

/** An address of the file in this page, for as long as it is shown. */
function useObjectUrl(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url
}
