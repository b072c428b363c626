import { z } from 'zod'
import { defineActions, type EphemeralType } from '../../core/contract.ts'
import type { AddedToRooms } from '../feature.ts'
import { pageFields, roomShapes } from '../rooms/contract.ts'

/** As answers and events give them: ms since 1970. */
export const sinceToken = z.string().regex(/^\d{1,15}$/, 'This is not a since of an earlier answer')
/** As pages end with them. */
export const feedCursor = z.string().regex(/^\d{1,15}\.\d{1,15}$/, 'This is not a cursor of this list')

const gone = z
  .array(z.object({ room_id: z.string(), reason: z.string() }))
  .describe('Rooms that ended for the caller: `left`, `removed`, `banned`, `waiting`, `sent_out` or `closed`.')

const latest = z.object({
  last_message_at: z.iso.datetime().nullable(),
  last_message: z
    .object({
      id: z.string(),
      seq: z.int(),
      sender: z.object({ id: z.string(), name: z.string() }),
      type: z.string(),
      text: z.string().nullable().describe('At most 140 characters as people see them; null once it was deleted.'),
    })
    .nullable(),
})

/** What news say of the reader; items have the same among the fields that features add (rule UF13). */
const read = z.object({ read_seq: z.int(), unread_from: z.int().nullable(), unread: z.int() })

/** The wire of the feed, with the capabilities and settings that features add to rooms. */
export function feedContract(adds: AddedToRooms) {
  const { room, ownRoom } = roomShapes(adds)
  const item = ownRoom
    .extend({ ...latest.shape, ...adds.ownFields })
    .meta({ title: 'FeedRoom', description: 'A room in the list of one’s own, with its last message.' })
  const change = room
    .partial()
    .extend({ ...latest.partial().shape, ...read.partial().shape })
    .omit({ id: true })
    .extend({ room_id: z.string(), last_seq: z.int() })
    .meta({ title: 'RoomNews', description: 'What changed of a room in the list of one’s own.' })
  const changed: EphemeralType = {
    name: 'rooms_changed',
    to: 'user',
    summary:
      'What changed in the rooms of the user, at most once a second, for connections with `auth: { feed: true }` and streams with `?feed=1`. Only the first has empty lists.',
    payload: z.object({
      since: z.string(),
      added: z.array(item).describe('Rooms that one joined, or in which one’s role or own fields are others.'),
      rooms: z.array(change),
      gone,
    }),
  }
  const actions = defineActions({
    'feed.rooms': {
      summary: 'Rooms of which the caller is a member, the last active first; with `since`, those that changed.',
      input: z.object({ ...pageFields, cursor: feedCursor.nullish(), since: sinceToken.nullish() }),
      output: z.object({
        items: z.array(item),
        gone,
        since: z.string().describe('For the next call. Of several pages, that of the first.'),
        reset: z
          .literal(true)
          .optional()
          .describe('`since` was too old: these are all rooms, and nothing else is left.'),
        next_cursor: z.string().nullable(),
      }),
      http: [{ method: 'GET', path: '/api/rooms/my' }],
      caller: 'user',
      scope: 'messages:read',
      limit: 'read',
      errors: [],
    },
  })
  return { actions, ephemerals: [changed] }
}

export type FeedActions = ReturnType<typeof feedContract>['actions']
