import { Json } from '../../core/json.ts'
import type { Live } from '../../room/live/live.ts'
import type { Entry, FeedConnection } from './index.ts'
import { feedBounds } from './limits.ts'

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

function* newsOf({ changed }: FeedConnection, isUnsure: (entry: Entry) => boolean): Generator<[Entry, string]> {
  for (const entry of changed ?? []) if (!isUnsure(entry)) yield [entry, textOf(entry)]
}

function* goneOf({ gone }: FeedConnection): Generator<[string, string]> {
  for (const [room_id, reason] of gone ?? []) yield [room_id, JSON.stringify({ room_id, reason })]
}

/** Sends what the connection was not told yet, as much as fits one event; answers whether everything was told (rule UF7). */
export function tell(
  live: Pick<Live, 'tellPeer'>,
  connection: FeedConnection,
  { now, isUnsure, isPartial }: { now: number; isUnsure: (entry: Entry) => boolean; isPartial: boolean },
): boolean {
  const { isNew, since } = connection
  // The first event is empty (rule UF4): a client that sees one reads what happened before.
  const gone = fitting(isNew ? [] : goneOf(connection), 0)
  const added = fitting(isNew ? [] : (connection.added ?? []), gone.used)
  const rooms = fitting(isNew ? [] : newsOf(connection, isUnsure), added.used)
  const left =
    (connection.gone?.size ?? 0) -
    gone.keys.length +
    (connection.added?.size ?? 0) -
    added.keys.length +
    (connection.changed?.size ?? 0) -
    rooms.keys.length
  const isAll = left === 0 && !isPartial
  if (!isNew && gone.keys.length + added.keys.length + rooms.keys.length === 0) return isAll
  const until = isAll ? now : since
  const text = `{"since":"${until}","added":[${added.texts.join(',')}],"rooms":[${rooms.texts.join(',')}],"gone":[${gone.texts.join(',')}]}`
  if (live.tellPeer(connection.id, 'rooms_changed', new Json(text)) === 0) return false
  connection.isNew = false
  connection.since = until
  for (const key of gone.keys) connection.gone?.delete(key)
  for (const key of added.keys) connection.added?.delete(key)
  for (const key of rooms.keys) connection.changed?.delete(key)
  return isAll
}
