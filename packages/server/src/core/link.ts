import type { LinkCaller } from './caller.ts'
import { AppError } from './error.ts'
import type { Sign, Signer } from './sign.ts'

/** For which keys are derived from SECRET_KEY. */
export const linkPurpose = 'parlor:links'

/** Ms in which every link to the same resource is the same text, so that browsers and encoded events keep it. */
export const linkSlot = 3_600_000
const day = 86_400_000

/** When a link that is made now stops working: in 24 to 25 h. Encoders pass the start of their slot (`slot_ms: linkSlot`). */
export const linkEnd = (now: number): number => (Math.floor(now / linkSlot) + 1) * linkSlot + day

/**
 * What a route takes as a signed link (rule LK1). `to`: the kind of resource, which routes that serve parts of the same
 * resource share. `id`: the path parameter that names it.
 */
export type LinkTo = { readonly to: string; readonly id: string }

/** One signed link; `until` in ms since 1970, to the second. */
export type Link = { readonly to: string; readonly id: string; readonly room_id: string; readonly until: number }

/** Only GET (and HEAD) routes take links: a link reads, it never changes anything. */
const textOf = ({ to, id, room_id }: Omit<Link, 'until'>, seconds: number): string =>
  JSON.stringify([to, 'GET', id, room_id, seconds])

/** The query of a link, to be put behind the path of the route. */
export function linkQuery(link: Link, sign: Sign): string {
  const until = Math.floor(link.until / 1000)
  return `room=${encodeURIComponent(link.room_id)}&until=${until}&signature=${sign(textOf(link, until))}`
}

type Asked = {
  /** The query and the path parameters, as they came. */
  readonly query: Readonly<Record<string, unknown>>
  readonly params: Readonly<Record<string, unknown>>
  readonly address: string
  readonly now: number
}

/**
 * The bearer of the link in this query; null: there is none. Throws `token_invalid` and, for a genuine one, `token_expired`
 * (rule LK3).
 */
export function linkCaller(
  link: LinkTo,
  { query, params, address, now }: Asked,
  isSigned: Signer['isSigned'],
): LinkCaller | null {
  const { signature, room, until } = query
  if (signature === undefined) return null
  const id = params[link.id]
  if (typeof signature !== 'string' || typeof room !== 'string' || typeof id !== 'string') {
    throw new AppError('token_invalid')
  }
  if (typeof until !== 'string' || !/^[1-9]\d{0,11}$/.test(until)) throw new AppError('token_invalid')
  const seconds = Number(until)
  if (!isSigned(textOf({ to: link.to, id, room_id: room }, seconds), signature)) throw new AppError('token_invalid')
  if (seconds * 1000 <= now) throw new AppError('token_expired')
  return { kind: 'link', address, room_id: room }
}
