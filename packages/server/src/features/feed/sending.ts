import { Json } from '../../core/json.ts'
import type { Live } from '../../room/live/live.ts'
import type { Entry, FeedConnection, FeedIndex } from './index.ts'
import { feedBounds } from './limits.ts'
import { unreadText } from './unread.ts'

const textOf = (entry: Entry): string =>
  (entry.text ??= `{"room_id":${JSON.stringify(entry.id)}${Object.entries(entry.news)
    .map(([name, text]) => `,${JSON.stringify(name)}:${text}`)
    .join('')}}`)

/** As many parts as fit the event, which has `used` units; always the first. */
function fitting<Key>(parts: Iterable<[Key, string]>, used: number): { keys: Key[]; texts: string[]; used: number } {
  const keys: Key[] = []
  const texts: string[] = []
  let total = used
  for (const [key, text] of parts) {
    if (total > 0 && total + text.length > feedBounds.event) break
    total += text.length + 1
    keys.push(key)
    texts.push(text)
  }
  return { keys, texts, used: total }
}

type Told = { isUnsure: (entry: Entry) => boolean; counts: boolean }

/** What all members share, and how much of it is unread for this one: without that the news wait for it (rule UF13). */
function* newsOf({ changed, user }: FeedConnection, { isUnsure, counts }: Told): Generator<[Entry, string]> {
  for (const entry of changed ?? []) {
    if (isUnsure(entry)) continue
    const unread = counts && user ? entry.unread.get(user) : undefined
    if (unread) yield [entry, `${textOf(entry).slice(0, -1)},${unreadText(unread)}}`]
    else if (!counts) yield [entry, textOf(entry)]
  }
}

function* goneOf({ gone }: FeedConnection): Generator<[string, string]> {
  for (const [room_id, reason] of gone ?? []) yield [room_id, JSON.stringify({ room_id, reason })]
}

export type Pass = {
  live: Pick<Live, 'tellPeer'>
  /** Ms since 1970. */
  now: number
  /** Bytes. */
  most: number
  isClosed: () => boolean
  /** Whether the news say what is unread. */
  counts: boolean
}

/**
 * Tells connections what they have not been told, first the new ones, then those that have waited longest, until so many
 * bytes are sent (rule UF9). Answers the entries that were told to some.
 */
export async function tellInTurn(
  { live, now, most, isClosed, counts }: Pass,
  index: FeedIndex,
): Promise<ReadonlySet<Entry>> {
  const told = new Set<Entry>()
  const { dirty, unsure } = index
  const waiting = [...dirty].toSorted((one, other) => Number(other.isNew) - Number(one.isNew))
  let left = most
  for (const [n, connection] of waiting.entries()) {
    if (n > 0 && n % feedBounds.slice === 0) await new Promise((resolve) => setImmediate(resolve))
    if (left <= 0 || isClosed()) break
    if (!dirty.has(connection)) continue
    for (const entry of connection.changed ?? []) told.add(entry)
    const isPartial = connection.user !== null && connection.user.begun.size > 0
    const { bytes, isAll } = tell(live, connection, { now, isUnsure: (entry) => unsure.has(entry), counts, isPartial })
    left -= bytes
    if (bytes > 0 || isAll) dirty.delete(connection)
    // Behind those that have waited longer.
    if (!isAll) dirty.add(connection)
  }
  return told
}

/** Sends what the connection was not told yet, as much as fits one event; `isAll`: everything was told (rule UF7). */
function tell(
  live: Pick<Live, 'tellPeer'>,
  connection: FeedConnection,
  { now, isPartial, ...told }: Told & { now: number; isPartial: boolean },
): { bytes: number; isAll: boolean } {
  const { isNew, since } = connection
  // The first event is empty (rule UF4): a client that sees one reads what happened before.
  const gone = fitting(isNew ? [] : goneOf(connection), 0)
  const added = fitting(isNew ? [] : (connection.added ?? []), gone.used)
  const rooms = fitting(isNew ? [] : newsOf(connection, told), added.used)
  const left =
    (connection.gone?.size ?? 0) -
    gone.keys.length +
    (connection.added?.size ?? 0) -
    added.keys.length +
    (connection.changed?.size ?? 0) -
    rooms.keys.length
  const isAll = left === 0 && !isPartial
  if (!isNew && gone.keys.length + added.keys.length + rooms.keys.length === 0) return { bytes: 0, isAll }
  const until = isAll ? now : since
  const text = `{"since":"${until}","added":[${added.texts.join(',')}],"rooms":[${rooms.texts.join(',')}],"gone":[${gone.texts.join(',')}]}`
  const bytes = live.tellPeer(connection.id, 'rooms_changed', new Json(text))
  if (bytes === 0) return { bytes, isAll: false }
  connection.isNew = false
  connection.since = until
  for (const key of gone.keys) connection.gone?.delete(key)
  for (const key of added.keys) connection.added?.delete(key)
  for (const key of rooms.keys) connection.changed?.delete(key)
  return { bytes, isAll }
}
