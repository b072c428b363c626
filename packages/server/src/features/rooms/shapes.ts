import { z } from 'zod'
import { plainText, recordMark, tooLarge } from '../../core/contract.ts'
import { nameText } from '../../core/text/name.ts'
import { profileSchema } from '../identity/contract.ts'
import { roomBounds } from './bounds.ts'
import { hostRights } from './permissions.ts'

const forEach = <T extends z.ZodType>(type: T) => ({
  chat: type,
  reactions: type,
  call: type,
  whiteboard: type,
  playback: type,
  captions: type,
  shared_state: type,
})

export const roomId = plainText(128)
/** A whole number from `min`, in a body or as the text of a query. */
export const wholeNumber = (min: number) => {
  const number = z.int().min(min)
  const text = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(number)
  return z.union([number, text], `This must be a whole number from ${min}`)
}
export const page = {
  cursor: z.string().max(200).nullish(),
  limit: wholeNumber(1).nullish().describe(`50; at most ${roomBounds.page.value}.`),
}

export const capabilities = z
  .object(forEach(z.boolean()))
  .meta({ title: 'Capabilities', description: 'What is on in a room.' })
export type CapabilityName = keyof z.output<typeof capabilities>
const forWhom = z.enum(['off', 'host', 'everyone']).meta({ title: 'ForWhom' })
const capacity = z.int().min(1).max(1_000_000)
export const settings = z
  .object({
    ...forEach(forWhom),
    capacity: capacity.optional(),
    locked: z.boolean().describe('Nobody new comes in.'),
    waiting: z.boolean().describe('Who comes waits until a moderator lets them in; an invitation is such a leave.'),
  })
  .meta({ title: 'RoomSettings', description: 'For whom each capability is on, and who comes in.' })
export const movieSource = z
  .object({
    type: z.enum(['googleDrive', 'directLink', 'uploadLater']),
    url: z.string().max(2048).nullish(),
    file_id: z.string().max(256).nullish(),
  })
  .meta({ title: 'MovieSource' })

/** Every member's page may open it: nothing but http and https, and no name or password to be sent along (rule RM2). */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.password === ''
}

/** As it is compared and hashed: the same letters are the same password, however they were typed. */
export const normalPassword = (text: string): string => text.normalize('NFKC').trim()
/** For setting one; empty is none. What is asked of those who come is compared only. */
const newPassword = z
  .string()
  .max(1024)
  .refine(
    (text) => normalPassword(text).length <= roomBounds.room_password.value,
    `A password has at most ${roomBounds.room_password.value} characters`,
  )

const roomName = nameText(roomBounds.room_name.value)
const changes = {
  is_private: z.boolean().nullish(),
  password: newPassword.nullish(),
  capabilities: capabilities.partial().nullish(),
  settings: settings.partial().extend({ capacity: capacity.nullish() }).nullish(),
}

export const newRoom = z.object({
  name: roomName,
  kind: z.enum(['chat', 'meeting', 'call', 'game']).nullish(),
  movie_source: movieSource
    .refine(({ type, url }) => type !== 'directLink' || url != null, 'A direct link needs a web address as url')
    .refine(({ url }) => url == null || isWebAddress(url), 'The url must be a web address without a user name')
    .nullish(),
  ...changes,
})

/** What `rooms.update` changes; what is absent stays. `password` null: none any more. `capacity` null: no bound. */
export const roomChanges = z.object({ room_id: roomId, name: roomName.nullish(), ...changes })

export const kinds = z.enum(['lobby', 'chat', 'meeting', 'watch', 'call', 'game']).meta({ title: 'RoomKind' })
export const ownerId = z
  .string()
  .nullable()
  .describe('Whose room it is: the host, unless another stands in for them. Null: nobody, until someone hosts it.')

export const hostRightsField = z.enum(hostRights).meta({
  title: 'HostRights',
  description:
    'What the host may: `all`, unless they stand in for an absent owner; then what a co-host may, or `order` (controls, admitting and sending out until the owner is back), or `controls` alone.',
})

/** Of a room what its moderators change. */
export const changing = z.object({
  name: z.string(),
  is_private: z.boolean(),
  has_password: z.boolean(),
  access: z
    .enum(['public', 'password', 'invite'])
    .meta({ title: 'RoomAccess', description: 'What lets strangers in.' }),
  host_id: z.string().nullable(),
  capabilities,
  settings,
  movie_source: movieSource.optional(),
})

export const room = z
  .object({
    id: z.string(),
    kind: kinds,
    ...changing.shape,
    owner_id: ownerId,
    host_rights: hostRightsField,
    host: profileSchema.optional(),
    member_count: z.int(),
    is_active: z.boolean(),
    last_seq: z.int(),
    created_at: z.iso.datetime(),
  })
  .meta({ title: 'RoomInfo', description: 'A room as those see it who may read it.' })
/** What a room that only its members read is to others: a private one, or one with a waiting room. */
export const closedRoom = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: kinds,
    is_private: z.boolean(),
    has_password: z.boolean(),
    member_count: z.int(),
  })
  .meta({ title: 'ClosedRoom', description: 'A room that only its members read, as others see it.' })
/** What they get who must be let in first. */
export const waits = z
  .object({ waiting: z.literal(true), room: z.object({ id: z.string(), name: z.string() }) })
  .meta({ title: 'WaitsForRoom', description: 'The answer to who must be let in first.' })
export const roomList = z.object({
  items: z.array(z.union([room, closedRoom])).describe('Of a room with a waiting room little is told.'),
  next_cursor: z.string().nullable(),
})

export const record = z
  .object({
    type: z.string(),
    key: z.string(),
    seq: z.int(),
    value: z.looseObject({}).optional(),
    deleted: z.literal(true).optional(),
  })
  .meta({ title: 'RecordState', description: 'A record as it is, or that it was deleted.', [recordMark]: true })
const peers = z.array(z.object({ peer_id: z.string(), state: z.looseObject({}).nullable() }))
export const joined = z.object({
  room,
  seq: z.int().describe('Where the room stood: everything newer follows live.'),
  epoch: z.string(),
  recovered: z.boolean().describe('Whether this is what was missed (true) or the room anew (false).'),
  events: z.array(z.object({ seq: z.int(), event: z.string(), data: z.looseObject({}) })),
  records: z.array(record),
  more: z.string().optional().describe('Cursor for the rest of the records: GET /api/rooms/:room_id/state.'),
  history_before: z.int().nullable().describe('`before` of the next older page of messages.'),
  presence: z.array(z.object({ user: profileSchema, peers })),
  me: z.object({ role: z.string(), peer_id: z.string(), user_id: z.string() }),
})

/** A value whose JSON is at most `limit` UTF-16 units; a larger one answers `too_large`. */
export const boundedJson = <T extends z.ZodType>(type: T, limit: number) =>
  type.superRefine((value, check) => {
    if ((JSON.stringify(value) ?? '').length > limit) check.addIssue(tooLarge(limit, 'characters of JSON'))
  })
