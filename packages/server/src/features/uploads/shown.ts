import { type Link, linkEnd, linkQuery } from '../../core/link.ts'
import type { Sign } from '../../core/sign.ts'
import { linkTo, type ShownFile } from './contract.ts'
import type { CarriedFile } from './store/state.ts'

/** A file on the wire (rule UP1). `room_id` is the room of its links; '' while it is not attached. `now` in ms since 1970. */
export function shownFile(
  { renditions, ...file }: CarriedFile,
  state: ShownFile['state'],
  { room_id, now, sign }: { room_id: string; now: number; sign: Sign },
): ShownFile {
  const link: Link = { to: linkTo, id: file.id, room_id, until: linkEnd(now) }
  const query = linkQuery(link, sign)
  const path = `/api/files/${file.id}`
  return {
    ...file,
    state,
    url: `${path}?${query}`,
    renditions: renditions.map((copy) => ({ ...copy, url: `${path}/${copy.name}?${query}` })),
  }
}
