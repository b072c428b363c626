import { hash } from 'node:crypto'
import { type Action, type CallContext, idempotencyKeyOf, implement, type RunContext } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
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
import type { LocalBuckets } from '../../platform/limiter/limiter.ts'
import type { Committed, Op, RoomEngine } from '../../room/types.ts'
import type { Identity } from '../identity/identity.ts'
import type { Carried, Uploads } from '../uploads/uploads.ts'
import { isOpenTo, type KnownRoom, lobbyId, type Rooms } from '../rooms/rooms.ts'
import { messageBounds } from './bounds.ts'
import { chatOption, messageActions, messageSent, receipt } from './contract.ts'
import type { Sending } from './contract/sending.ts'
import { filesFirst } from './encode.ts'
import { type FilesKind, listedIn } from './files.ts'
import { createInline, type InlineFiles } from './inline.ts'
import { messageBody } from './state.ts'
import { createMessagesStore } from './store.ts'
import { messageErrors } from './errors.ts'
import { roomErrors } from '../../room/errors.ts'

export type { CountedPlace } from './counted.ts'
export type { InlineFiles } from './inline.ts'
export { messageBody } from './state.ts'

export type MessagesDeps = {
  db: Database
  engine: Pick<RoomEngine, 'answered' | 'history' | 'historyItem' | 'member'>
  live: Pick<Live, 'emit' | 'receivers'>
  encoder: Pick<Encoder, 'items' | 'payload'>
  identity: Pick<Identity, 'speakAs' | 'stored'>
  rooms: Pick<Rooms, 'commit' | 'enterable' | 'find' | 'known' | 'readable'>
  uploads: Uploads
  buckets: LocalBuckets
  /** MAX_INLINE_BYTES. */
  maxInlineBytes: number
  /** Images and recordings that are looked at at once (rule IN5). */
  underWay: { ofAddress: number; ofAll: number }
}

type Message = Output<(typeof messageActions)['messages.send']>
type History = Output<(typeof messageActions)['messages.history']>
type Files = Output<(typeof messageActions)['messages.files']>
type Page = { room_id: string; before?: number | null | undefined; after?: number | null | undefined }

type Reader = { caller: Caller; permit: ReadPermit }

/** One action name for every way to send, so that each recognizes the others' client_ids (rule M1). */
const action = 'messages.send'
const defaultLimit = 50
/** Bytes of stored messages in one page (rule H4). */
const pageBytes = 256 * 1024

export function createMessages(deps: MessagesDeps): { actions: readonly Action[]; inline: InlineFiles } {
  const { engine, live, encoder, identity, rooms, uploads } = deps
  const store = createMessagesStore(deps.db)
  const inline = createInline({ ...deps, maxBytes: deps.maxInlineBytes })

  /** The stored message, in the same text that the room is sent (rule M6); `base64`: of the 201 alone (rule IN4). */
  function answer(room: KnownRoom, event: StoredEvent, { ack, connection_id }: CallContext, base64?: string) {
    const tell = (json: string) => {
      if (!ack && connection_id !== null) {
        live.emit(connection_id, 'message_received', JSON.stringify(receipt.parse(storedObject(json))))
      }
      return new Json<Message>(json)
    }
    const made = event.body === '' ? currentOf(room, event.seq) : encoder.payload(room, event, base64)
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
    const isChecked = input.reply_to != null || input.bytes !== null || (input.file_ids ?? []).length > 0
    return client_id === null || !isChecked ? undefined : answered(input, client_id, caller, context)
  }

  async function answered(input: Sending, client_id: string, caller: Caller, context: CallContext) {
    const room = await rooms.find(input.room_id)
    const found = room && (await engine.answered(room.num, requireUser(caller).user.num, client_id))
    if (!room || !found) return undefined
    const isSame = found.action === action && isSameContent(found.content_hash, contentOf(input))
    if (!isSame) throw new AppError('client_id_reused')
    context.replayed?.()
    const message = await answer(room, found.event, context)
    return carriesFiles(found.event) && !(await mayRead(room, caller)) ? withoutFiles(message) : message
  }

  const mayRead = ({ id }: KnownRoom, caller: Caller): Promise<boolean> =>
    rooms.readable(caller, id).then(
      () => true,
      () => false,
    )

  function allow(caller: Caller, { room_id, bytes }: Sending): true | Failure | Promise<true | Failure> {
    if (bytes) inline.assertSize(bytes)
    const judge = (room: KnownRoom | null): true | Failure => {
      if (!room) return 'not_found'
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
    const sender = kept instanceof Promise ? await kept : kept
    if (input.bytes !== null) return sendInline(room, sender, input, input.bytes, context)
    return reply(room, await commit(room, sender, input, context, input.file_ids ?? []), context)
  }

  /** `more`: what an image or recording adds to what its sender gave. */
  function commit(
    room: KnownRoom,
    { user }: UserCaller,
    input: Sending,
    context: RunContext,
    ids: readonly string[],
    more: { format?: string; live?: string | undefined } = {},
  ): Promise<Committed> {
    const { format = input.format, live: base64 } = more
    const client_id = clientIdOf(input, context)
    const append = ({ files, ...aside }: Carried) => {
      const body = messageBody(newId(), input, format ?? null, client_id, files)
      return rooms.commit(room.id, context.queued, (known) => ({
        actor: user.num,
        action,
        client_id,
        content_hash: client_id === null ? null : contentOf(input),
        members_only: room.id !== lobbyId,
        ops: opsFor(known, { op: 'append', type: messageSent, body: () => body, live: base64, ...aside }),
      }))
    }
    return ids.length === 0 ? append({ files: [] }) : uploads.attach(user.num, room.id, ids, append)
  }

  /** Stored as a file first, and attached by the commit of the message (rules IN2 to IN6). */
  async function sendInline(
    room: KnownRoom,
    sender: UserCaller,
    input: Sending,
    bytes: Uint8Array,
    context: RunContext,
  ): Promise<Json<Message>> {
    await assertMaySend(room, sender)
    const { id, format, base64 } = await inline.keep(sender, room.id, { ...input, bytes })
    try {
      const isHeard = base64 !== null && isInlineIn(room) && inline.mayFanOut(room, base64.length, context)
      const more = { format, live: isHeard ? base64 : undefined }
      const committed = await commit(room, sender, input, context, [id, ...(input.file_ids ?? [])], more)
      if (committed.replayed) await uploads.discard(id)
      const isShown = base64 !== null && context.door === 'http' && !committed.replayed
      return await reply(room, committed, context, isShown ? base64 : undefined)
    } catch (error) {
      await uploads.discard(id)
      throw error
    }
  }

  /** Asked again by the commit: before it, so that nobody's files are looked at in vain. */
  async function assertMaySend({ num, id }: KnownRoom, sender: UserCaller): Promise<void> {
    const isMember = id === lobbyId || (await engine.member(num, sender.user.num)) !== null
    if (!isMember) throw new AppError(roomErrors.not_a_member)
    const { room, member } = await rooms.enterable(sender, id)
    if (!isOpenTo(chatOption, room.profile, member)) throw new AppError(messageErrors.chat_disabled)
  }

  /** Every message comes here, so nothing is awaited that is known. `base64`: of the 201, which is for its sender alone. */
  function reply(room: KnownRoom, { events, replayed }: Committed, context: RunContext, base64?: string) {
    const [event] = events
    if (!event) throw new Error('A message was committed without an event')
    const charged = (message: Json<Message>) => {
      if (replayed) context.replayed?.()
      else context.charge('fan_out_bytes', (message.text.length - (base64?.length ?? 0)) * live.receivers(room.num))
      return message
    }
    const told = answer(room, event, context, base64)
    return told instanceof Promise ? told.then(charged) : charged(told)
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

  /** Rules FL1 to FL3. */
  async function files(room_id: string, list: FilesKind, before: number | null, limit: number, reader: Reader) {
    const room = await rooms.readable(reader.caller, room_id)
    // Its files went with it (rule UP7 of uploads).
    if (room.closed_at !== null) return new Json<Files>('{"files":[],"next_cursor":null}')
    const bound = { rows: Math.min(limit, messageBounds.files_page.value), bytes: pageBytes }
    const place = { before, after: null, part: list }
    const { items, next_cursor } = await engine.history(reader.permit, room.num, place, bound)
    const frames = (await encoder.items(room, items, 'page')).toReversed()
    const listed = frames.flatMap(({ json }) => listedIn(json, list))
    const there = await uploads.stillThere(listed.map(({ file }) => file.id))
    const shown = listed.filter(({ file }) => there.has(file.id))
    return new Json<Files>(`{"files":${JSON.stringify(shown)},"next_cursor":${next_cursor}}`)
  }

  const posting = {
    as: (caller: Caller, { sender }: Sending, context: CallContext) =>
      identity.speakAs(caller, sender ?? null, context),
    ...{ replay, allow, run: send },
  }

  return {
    inline,
    actions: implement(messageActions, {
      'messages.send': {
        as: (caller, _input, context) => identity.speakAs(caller, null, context),
        replay,
        allow,
        run: send,
      },
      'messages.post': posting,
      'messages.postImage': posting,
      'messages.postAudio': posting,
      'messages.history': {
        allow: async (_caller, { room_id }) => ((await rooms.find(room_id)) ? true : 'not_found'),
        run: ({ limit, ...page }, caller, { permit }) => history(page, limit ?? defaultLimit, caller, permit),
      },
      'messages.files': {
        allow: async (_caller, { room_id }) => ((await rooms.find(room_id)) ? true : 'not_found'),
        run: ({ room_id, kind, cursor, limit }, caller, { permit }) =>
          files(room_id, kind, cursor ?? null, limit ?? defaultLimit, { caller, permit }),
      },
    }),
  }
}

/** Of an edited message the files are those of the event that now carries it, which is read only if this one has some. */
const carriesFiles = ({ body }: StoredEvent): boolean => body === '' || body.includes(`"${filesFirst}":`)

/** What a sender hears who may not read the room any more: the links would lead to its files (rule M7). */
function withoutFiles({ text }: Json<Message>): Json<Message> {
  const { files: _, ...message } = storedObject(text) ?? {}
  return new Json<Message>(JSON.stringify({ ...message, url: null }))
}

/** Only live events of this name carry base64; all others carry the address of the file (rule IN4). */
const isInlineIn = ({ kind }: KnownRoom): boolean => messageSent.wire(kind) === 'message'

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
const contentOf = ({ bytes, ...input }: Sending): string => {
  const content = bytes === null ? input.content : hash('sha256', bytes, 'base64url')
  return contentHash({ ...input, content, client_id: null, sender: null })
}

/** The Idempotency-Key header serves as `client_id` if that is absent (rule M7). */
const clientIdOf = ({ client_id }: Sending, context: CallContext): string | null =>
  client_id ?? idempotencyKeyOf(context)
