import { type Action, type CallContext, idempotencyKeyOf, implement, type RunContext } from '../../core/action.ts'
import { type Caller, requireUser } from '../../core/caller.ts'
import { contentHash, isSameContent } from '../../core/text/content-hash.ts'
import type { Output, StoredEvent } from '../../core/contract.ts'
import { AppError, type Failure } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import type { ReadPermit } from '../../core/fairness/read-queue.ts'
import { Json } from '../../core/json.ts'
import { storedObject } from '../../core/stored.ts'
import { unreadableEvent } from '../../room/contract.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Encoder } from '../../room/encode.ts'
import type { Live } from '../../room/live/live.ts'
import type { Op, RoomEngine } from '../../room/types.ts'
import type { Identity } from '../identity/identity.ts'
import type { Carried, Uploads } from '../uploads/uploads.ts'
import { isOpenTo, type KnownRoom, lobbyId, type Rooms } from '../rooms/rooms.ts'
import { messageBounds } from './bounds.ts'
import { chatOption, messageActions, messageSent, received, type Sending } from './contract.ts'
import { messageBody } from './state.ts'
import { createMessagesStore } from './store.ts'
import { messageErrors } from './errors.ts'
import { roomErrors } from '../../room/errors.ts'

export type MessagesDeps = {
  db: Database
  engine: Pick<RoomEngine, 'answered' | 'history' | 'historyItem'>
  live: Pick<Live, 'emit' | 'receivers'>
  encoder: Pick<Encoder, 'items' | 'payload'>
  identity: Pick<Identity, 'speakAs' | 'stored'>
  rooms: Pick<Rooms, 'commit' | 'find' | 'known' | 'readable'>
  uploads: Pick<Uploads, 'attach'>
}

type Message = Output<(typeof messageActions)['messages.send']>
type History = Output<(typeof messageActions)['messages.history']>
type Page = { room_id: string; before?: number | null | undefined; after?: number | null | undefined }

/** One action name for every way to send, so that each recognizes the others' client_ids (rule M1). */
const action = 'messages.send'
const defaultLimit = 50
/** Bytes of stored messages in one page (rule H4). */
const pageBytes = 256 * 1024

export function createMessages(deps: MessagesDeps): { actions: readonly Action[] } {
  const { engine, live, encoder, identity, rooms, uploads } = deps
  const store = createMessagesStore(deps.db)

  /** The stored message, in the same text that the room is sent (rule M6). */
  function answer(room: KnownRoom, event: StoredEvent, { ack, connection_id }: CallContext) {
    const tell = (json: string) => {
      if (!ack && connection_id !== null) {
        live.emit(connection_id, 'message_received', JSON.stringify(received.parse(storedObject(json))))
      }
      return new Json<Message>(json)
    }
    const made = event.body === '' ? currentOf(room, event.seq) : encoder.payload(room, event)
    return made instanceof Promise ? made.then(tell) : tell(made)
  }

  /** A message that was edited since it was sent is answered with its current content; a deleted one is not found. */
  async function currentOf(room: KnownRoom, position: number): Promise<string> {
    const item = await engine.historyItem(room.num, position)
    const [frame] = item ? await encoder.items(room, [item], 'page') : []
    if (!frame || frame.event === unreadableEvent.name) throw new AppError('not_found')
    return frame.json
  }

  /** The commit recognizes a client_id itself; this covers the checks before the commit, which must not refuse a retry (rule M7). */
  function replay(input: Sending, caller: Caller, context: CallContext) {
    const client_id = clientIdOf(input, context)
    const isChecked = input.reply_to != null || (input.file_ids ?? []).length > 0
    return client_id === null || !isChecked ? undefined : answered(input, client_id, caller, context)
  }

  async function answered(input: Sending, client_id: string, caller: Caller, context: CallContext) {
    const room = await rooms.find(input.room_id)
    const found = room && (await engine.answered(room.num, requireUser(caller).user.num, client_id))
    if (!room || !found) return undefined
    const isSame = found.action === action && isSameContent(found.content_hash, contentOf(input))
    if (!isSame) throw new AppError('client_id_reused')
    context.replayed?.()
    return answer(room, found.event, context)
  }

  function allow(caller: Caller, { room_id, type }: Sending): true | Failure | Promise<true | Failure> {
    const judge = (room: KnownRoom | null): true | Failure => {
      if (!room) return 'not_found'
      if (type !== 'text') return messageErrors.not_available
      // A caller who is not stored is a member of no room, and is not stored only to be refused.
      return room.id === lobbyId || requireUser(caller).user.num !== 0 ? true : roomErrors.not_a_member
    }
    const found = rooms.find(room_id)
    return found instanceof Promise ? found.then(judge) : judge(found)
  }

  async function send(input: Sending, caller: Caller, context: RunContext) {
    const found = rooms.known(input.room_id)
    const room = found instanceof Promise ? await found : found
    if (input.reply_to != null && !(await store.isIn(room.num, input.reply_to))) {
      throw new AppError('validation_error', {
        details: { errors: { reply_to: 'There is no such message in this room' } },
      })
    }
    const kept = identity.stored(caller, context)
    const { user } = kept instanceof Promise ? await kept : kept
    const client_id = clientIdOf(input, context)
    const commit = ({ files, ...aside }: Carried) => {
      const body = messageBody(newId(), input, client_id, files)
      return rooms.commit(room.id, context.queued, (known) => ({
        actor: user.num,
        action,
        client_id,
        content_hash: client_id === null ? null : contentOf(input),
        members_only: room.id !== lobbyId,
        ops: opsFor(known, { op: 'append', type: messageSent, body: () => body, ...aside }),
      }))
    }
    const ids = input.file_ids ?? []
    const { events, replayed } = await (ids.length === 0
      ? commit({ files: [] })
      : uploads.attach(user.num, room.id, ids, commit))
    const [event] = events
    if (!event) throw new Error('A message was committed without an event')
    const told = answer(room, event, context)
    const message = told instanceof Promise ? await told : told
    if (replayed) context.replayed?.()
    else context.charge('fan_out_bytes', message.text.length * live.receivers(room.num))
    return message
  }

  async function history(
    { room_id, before = null, after = null }: Page,
    limit: number,
    caller: Caller,
    permit: ReadPermit,
  ) {
    const room = await rooms.readable(caller, room_id)
    const bound = { rows: Math.min(limit, messageBounds.history_page.value), bytes: pageBytes }
    const { items, next_cursor } = await engine.history(permit, room.num, { before, after }, bound)
    const frames = await encoder.items(room, items, 'page')
    // An unreadable event is left out of the history.
    const shown = frames.filter(({ event }) => event !== unreadableEvent.name)
    return new Json<History>(`{"messages":[${shown.map(({ json }) => json).join(',')}],"next_cursor":${next_cursor}}`)
  }

  return {
    actions: implement(messageActions, {
      'messages.send': {
        as: (caller, _input, context) => identity.speakAs(caller, null, context),
        replay,
        allow,
        run: send,
      },
      'messages.post': {
        as: (caller, { sender }, context) => identity.speakAs(caller, sender ?? null, context),
        replay,
        allow,
        run: send,
      },
      'messages.history': {
        allow: async (_caller, { room_id }) => ((await rooms.find(room_id)) ? true : 'not_found'),
        run: ({ limit, ...page }, caller, { permit }) => history(page, limit ?? defaultLimit, caller, permit),
      },
    }),
  }
}

/** Where chat is not on for everyone, the commit checks the sender's role at that moment (rule M3). */
function opsFor(room: KnownRoom, append: Op): Op[] {
  if (isOpenTo(chatOption, room.profile, null)) return [append]
  const check: Op = {
    op: 'require',
    check: ({ member }) => (isOpenTo(chatOption, room.profile, member) ? null : messageErrors.chat_disabled),
  }
  return [check, append]
}

/** The content by which a retry with the same client_id is compared (rule M11). */
const contentOf = (input: Sending): string => contentHash({ ...input, client_id: null, sender: null })

/** The Idempotency-Key header serves as `client_id` if that is absent (rule M7). */
const clientIdOf = ({ client_id }: Sending, context: CallContext): string | null =>
  client_id ?? idempotencyKeyOf(context)
