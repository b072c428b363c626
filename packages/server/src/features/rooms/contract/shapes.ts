import { z } from 'zod'
import { plainText, recordMark, tooLarge, withPlainCharacters } from '../../../core/contract.ts'
import { roomBounds } from '../bounds.ts'
import { hostRights } from '../permissions/permissions.ts'

export const roomId = plainText(128)
/** A whole number within its bounds, in a body or as text in a query. `any`: whatever is exact; never for a time (rule I1). */
export const wholeNumber = (min: number, max: number | 'any') => {
  const number = z
    .int()
    .min(min)
    .max(max === 'any' ? Number.MAX_SAFE_INTEGER : max)
  const text = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(number)
  return z.union([number, text], `This must be a whole number from ${min}${max === 'any' ? '' : ` to ${max}`}`)
}
export const page = {
  cursor: z.string().max(200).nullish(),
  limit: wholeNumber(1, 'any').nullish().describe(`50; at most ${roomBounds.page.value}.`),
}

/** The place of a page that begins at a seq. */
export const seqCursor = wholeNumber(0, 'any').nullish().describe('The `next_cursor` of the page before.')

/** Absent or blank: no search. */
export const searched = withPlainCharacters(z.string().max(roomBounds.search.value)).nullish()

export const roomCapacity = z.int().min(1).max(1_000_000)
/** The settings of `rooms` itself: who may join. */
export const doorSettings = z.object({
  capacity: roomCapacity.optional(),
  locked: z.boolean().describe('No new members.'),
  waiting: z.boolean().describe('New users wait until a moderator lets them in, unless they have an invitation.'),
})
export type DoorSettings = z.output<typeof doorSettings>
export const movieSource = z
  .object({
    type: z.enum(['googleDrive', 'directLink', 'uploadLater']),
    url: z.string().max(2048).nullish(),
    file_id: z.string().max(256).nullish(),
  })
  .meta({ title: 'MovieSource' })

/** Members' browsers may open it: only http and https, without a user name or password in the URL (rule RM2). */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.password === ''
}

/** A password as it is compared and hashed, independent of its Unicode form. */
export const normalPassword = (text: string): string => text.normalize('NFKC').trim()
/** A password to set; empty is none. A password sent to join is only compared. */
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
  .describe('The owner of the room: also its host, unless another stands in. Null: no owner until someone hosts it.')

export const hostRightsField = z.enum(hostRights).meta({
  title: 'HostRights',
  description:
    'What the host may: `all`, unless they stand in for an absent owner; then what a co-host may, or `order` (controls, admitting and sending out until the owner is back), or `controls` alone.',
})

/** The short form of a room that only members may read (private, or with a waiting room), for others. */
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
/** The answer to a user who must wait to be let in. */
export const waitingAnswer = z
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
/** A value whose JSON is at most `limit` UTF-16 units; a larger one answers `too_large`. */
export const boundedJson = <T extends z.ZodType>(type: T, limit: number) =>
  type.superRefine((value, check) => {
    if ((JSON.stringify(value) ?? '').length > limit) check.addIssue(tooLarge(limit, 'characters of JSON'))
  })
