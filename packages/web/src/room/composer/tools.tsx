import './tools.css'
import { useRef } from 'preact/hooks'
import { useTexts } from '../../app-context.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { Menu, type MenuItem } from '../../ui/overlays/menu.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { icons } from './icons.ts'

/** Begins something else than a message. */
export type Starter = Pick<MenuItem, 'label' | 'onSelect'> & { icon: IconName }

type Props = { onFiles: (files: readonly File[]) => void; onRecord: () => void; starters: readonly Starter[] }

/**
 * The buttons beside the field: they are there from the start and can be pressed, while what they lead to is loaded after
 * them.
 */
export function Tools({ onFiles, onRecord, starters }: Props) {
  const t = useTexts()
  return (
    <div class="composer-tools">
      <Choose onFiles={onFiles} starters={starters} />
      <IconButton label={t('voice.record')} icon={icons.microphone} onClick={onRecord} />
    </div>
  )
}

/** The button to choose files; where there are fingers, one menu for that, for a photo, and for what else can be begun. */
function Choose({ onFiles, starters }: Pick<Props, 'onFiles' | 'starters'>) {
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
            ...starters,
          ]}
        />
      ) : (
        <>
          <IconButton label={t('attach.add')} icon={icons.clip} onClick={() => files.current?.click()} />
          {starters.map(({ label, icon, onSelect }) => (
            <IconButton key={label} label={label} icon={icon} onClick={onSelect} />
          ))}
        </>
      )}
    </>
  )
}
