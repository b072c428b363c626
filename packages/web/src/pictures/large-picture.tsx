import { basePath } from '../base-path.ts'
import { initials } from '../ui/initials.ts'
import { RoomTile } from '../ui/room-tile.tsx'
import { toneOf } from '../ui/tone.ts'
import type { Subject } from './crop-dialog.tsx'

type Props = { subject: Subject; id: string; name: string; url: string | null }

/** The picture of a person or a room as large as where it is changed, or what stands for it. */
export function LargePicture({ subject, id, name, url }: Props) {
  const picture = url && (
    <img
      key={url}
      class="portrait"
      src={basePath + url.slice(1)}
      alt=""
      onError={({ currentTarget }) => currentTarget.remove()}
    />
  )
  if (subject === 'room')
    return (
      <RoomTile room={{ id, name }} size="l">
        {picture}
      </RoomTile>
    )
  return (
    <span class="avatar" data-size="l" data-tone={toneOf(id)} aria-hidden="true">
      {initials(name)}
      {picture}
    </span>
  )
}
