import './picture-field.css'
import type { ComponentChildren } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../app-context.ts'
import { explain, useTask } from '../failure.ts'
import { Loaded, usePreload } from '../pages/loaded.tsx'
import { Button } from '../ui/controls/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useMedia } from '../ui/use-media.ts'
import type { Subject } from './crop-dialog.tsx'

const loadCrop = () => import('./crop-dialog.tsx')

type Props = {
  subject: Subject
  /** Whether there is a picture to remove. */
  has: boolean
  /** The picture, or what stands for it. */
  children: ComponentChildren
  onPicture: (picture: Blob) => Promise<void>
  onRemove: () => Promise<void>
}

/** The picture of a person or a room: an image is chosen, taken or dropped, cropped and sent; or the picture removed. */
export function PictureField({ subject, has, children, onPicture, onRemove }: Props) {
  const { toasts } = useApp()
  const t = useAllTexts()
  const id = useId()
  const preload = usePreload(loadCrop)
  const chooser = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const hasCamera = useMedia('(pointer: coarse)')
  const [file, setFile] = useState<File | null>(null)
  const [isOver, setIsOver] = useState(false)
  const [isNoImage, setIsNoImage] = useState(false)
  const remove = useTask(async () => {
    await onRemove()
    toasts.show({ text: t('picture.removed') })
  })

  function take(files: FileList | null | undefined): void {
    const [first] = files ?? []
    if (!first) return
    // Some systems know no type of newer images.
    setIsNoImage(first.type !== '' && !first.type.startsWith('image/'))
    setFile(first.type === '' || first.type.startsWith('image/') ? first : null)
  }

  const input = (ref: typeof chooser, capture: 'user' | undefined) => (
    <input
      ref={ref}
      type="file"
      accept="image/*"
      {...(capture && { capture })}
      hidden
      onChange={({ currentTarget }) => {
        take(currentTarget.files)
        // The same file may be chosen again.
        currentTarget.value = ''
      }}
    />
  )

  return (
    <div
      class="picture-field"
      role="group"
      aria-labelledby={id}
      data-over={isOver || undefined}
      onPointerOver={preload}
      onFocusIn={preload}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        take(event.dataTransfer?.files)
      }}
    >
      {children}
      <div class="picture-field-about">
        <span id={id} class="field-label">
          {t('picture.title')}
        </span>
        <div class="row">
          <Button onClick={() => chooser.current?.click()}>{t(has ? 'picture.change' : 'picture.choose')}</Button>
          {hasCamera && <Button onClick={() => camera.current?.click()}>{t('picture.take')}</Button>}
          {has && (
            <Button look="quiet-danger" busy={remove.busy} onClick={() => void remove.run()}>
              {t('picture.remove')}
            </Button>
          )}
        </div>
        {!hasCamera && <span class="field-hint">{t('picture.drop')}</span>}
        {isNoImage && <Notice tone="danger">{t('picture.no_image')}</Notice>}
        {remove.failure && <Notice tone="danger">{explain(t, remove.failure.code)}</Notice>}
      </div>
      {input(chooser, undefined)}
      {input(camera, 'user')}
      {file && (
        <Loaded inline load={loadCrop} onClose={() => setFile(null)}>
          {({ CropDialog }) => (
            <CropDialog
              file={file}
              subject={subject}
              onPicture={async (picture) => {
                await onPicture(picture)
                toasts.show({ text: t('picture.saved') })
              }}
              onClose={() => setFile(null)}
            />
          )}
        </Loaded>
      )}
    </div>
  )
}
