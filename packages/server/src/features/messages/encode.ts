import { z } from 'zod'
import type { EncodeContext, StoredEvent } from '../../core/contract.ts'
import { storedObject } from '../../core/stored.ts'
import { carriedFile } from '../uploads/contract.ts'
import { shownFile } from '../uploads/uploads.ts'

/** The field with the files of a message is the first of its body, so that a body without it is told at its beginning. */
export const filesFirst = 'files'
const beginning = `{"${filesFirst}":`

/**
 * The text of a message as it is sent to everyone. The stored body is JSON text and is inserted unparsed, since this runs
 * for every delivered message; only that of a message with files is parsed, for their links (rules M12, IN3 and IN4).
 */
export function encodeMessage({ seq, at, body }: StoredEvent, context: EncodeContext): string {
  const { room, actor } = context
  const head =
    `{"room_id":${JSON.stringify(room.id)},"seq":${seq},"sender":${actor},` +
    `"created_at":"${isoTime(at)}","edited_at":null,`
  return head + (body.startsWith(beginning) ? withLinks(body, context) : body).slice(1)
}

let last = { at: 0, text: new Date(0).toISOString() }

/** All messages of a commit have one time, and making its text takes longer than the rest of a message's. */
function isoTime(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() }
  return last.text
}

const carried = z.array(carriedFile)

function withLinks(body: string, { room, slot, sign, live }: EncodeContext): string {
  const { [filesFirst]: stored, content, url, ...message } = storedObject(body) ?? {}
  const files = carried.parse(stored)
  const shown = files.map((file) => shownFile(file, 'ready', { room_id: room.id, now: slot.from, sign }))
  const first = message['type'] === 'text' ? url : (shown[0]?.url ?? null)
  const rest = JSON.stringify({ [filesFirst]: shown, ...message, url: first })
  // Base64 is long: it is joined as it is.
  return `{"content":${live ?? JSON.stringify(content)},${rest.slice(1)}`
}
