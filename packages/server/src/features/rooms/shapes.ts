import { z } from 'zod'
import { plainText, recordMark, tooLarge } from '../../core/contract.ts'
import { roomBounds } from './bounds.ts'
import { hostRights } from './permissions.ts'

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

export const roomCapacity = z.int().min(1).max(1_000_000)
/** The settings that say who may come in: the rooms' own. */
export const doorSettings = z.object({
  capacity: roomCapacity.optional(),
  locked: z.boolean().describe('Nobody new comes in.'),
  waiting: z.boolean().describe('Who comes waits until a moderator lets them in; an invitation is such a leave.'),
})
export type DoorSettings = z.output<typeof doorSettings>
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
export const newPassword = z
  .string()
  .max(1024)
  .refine(
    (text) => normalPassword(text).length <= roomBounds.room_password.value,
    `A password has at most ${roomBounds.room_password.value} characters`,
  )

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
export const record = z
  .object({
    type: z.string(),
    key: z.string(),
    seq: z.int(),
    value: z.looseObject({}).optional(),
    deleted: z.literal(true).optional(),
  })
  .meta({ title: 'RecordState', description: 'A record as it is, or that it was deleted.', [recordMark]: true })
export const peers = z.array(z.object({ peer_id: z.string(), state: z.looseObject({}).nullable() }))
/** A value whose JSON is at most `limit` UTF-16 units; a larger one answers `too_large`. */
export const boundedJson = <T extends z.ZodType>(type: T, limit: number) =>
  type.superRefine((value, check) => {
    if ((JSON.stringify(value) ?? '').length > limit) check.addIssue(tooLarge(limit, 'characters of JSON'))
  })
