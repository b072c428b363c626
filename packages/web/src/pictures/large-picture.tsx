import './large-picture.css'
import { basePath } from '../base-path.ts'
import { initials, toneOf } from '../ui/person/initials.ts'
import { Icon } from '../ui/icon.tsx'
import type { Subject } from './crop-dialog.tsx'

type Props = { subject: Subject; id: string; name: string; url: string | null }

/** The picture of a person or a room as large as where it is changed, or what stands for it. */
export function LargePicture({ subject, id, name, url }: Props) {
  return (
    <span
      class={subject === 'person' ? 'avatar' : 'room-tile large'}
      style={{ '--avatar': '64px' }}
      data-tone={toneOf(id)}
      aria-hidden="true"
    >
      {subject === 'person' ? initials(name) : <Icon name="door" />}
      {url && (
        <img
          key={url}
          class="portrait"
          src={basePath + url.slice(1)}
          alt=""
          onError={({ currentTarget }) => currentTarget.remove()}
        />
      )}
    </span>
  )
}
