import './tools.css'
import { useRef } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Menu } from '../../ui/overlays/menu.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { icons } from './icons.ts'

type Props = { onFiles: (files: readonly File[]) => void; onRecord: () => void }

/**
 * The buttons beside the field: they are there from the start and can be pressed, while what they lead to is loaded after
 * them.
 */
export function Tools({ onFiles, onRecord }: Props) {
  const t = useTexts()
  return (
    <div class="composer-tools">
      <Choose onFiles={onFiles} />
      <IconButton label={t('voice.record')} icon={icons.microphone} onClick={onRecord} />
    </div>
  )
}

/** The button to choose files; where there are fingers, also to take a photo. */
function Choose({ onFiles }: Pick<Props, 'onFiles'>) {
  const t = useTexts()
  const isTouch = useMedia('(pointer: coarse)')
  const files = useRef<HTMLInputElement>(null)
  const photo = useRef<HTMLInputElement>(null)
  const input = {
    type: 'file',
    hidden: true,
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
      onFiles([...(currentTarget.files ?? [])])
      // The same file can be chosen again.
      currentTarget.value = ''
    },
  } as const
  return (
    <>
      <input {...input} ref={files} multiple data-attach />
      <input {...input} ref={photo} accept="image/*" capture="environment" />
      {isTouch ? (
        <Menu
          label={t('attach.add')}
          icon={icons.clip}
          items={[
            { label: t('attach.choose'), icon: icons.file, onSelect: () => files.current?.click() },
            { label: t('attach.photograph'), icon: icons.camera, onSelect: () => photo.current?.click() },
          ]}
        />
      ) : (
        <IconButton label={t('attach.add')} icon={icons.clip} onClick={() => files.current?.click()} />
      )}
    </>
  )
}
