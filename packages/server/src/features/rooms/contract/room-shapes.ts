import { z } from 'zod'
import { pictureAddress } from '../../../core/picture-url.ts'
import { forWhom } from '../../../core/room-option.ts'
import type { AddedToRooms } from '../../feature.ts'
import { peersOf, presenceChanged, presenceInput } from '../slots.ts'
import { nameText } from '../../../core/text/name.ts'
import { languagesSchema } from '../../../room/languages.ts'
import { personSchema } from '../../identity/contract.ts'
import { roomBounds } from '../bounds.ts'
import { extraSettings } from '../options.ts'
import {
  closedRoom,
  doorSettings,
  hostRightsField,
  isWebAddress,
  kinds,
  movieSource,
  newPassword,
  ownerId,
  record,
  roomCapacity,
  roomId,
} from './shapes.ts'

const roomName = nameText(roomBounds.room_name.value)
const whom = z.enum(forWhom).meta({ title: 'ForWhom' })

export type RoomShapes = ReturnType<typeof roomShapes>

/** The schemas of rooms on the wire, with the capabilities and settings that features add. */
export function roomShapes({ options, slots }: AddedToRooms) {
  const each = <T extends z.ZodType>(type: T) => Object.fromEntries(options.map(({ name }) => [name, type]))
  const own = Object.entries(extraSettings(options)).map(([name, { schema }]) => [name, schema])
  const capabilities = z.object(each(z.boolean())).meta({ title: 'Capabilities', description: 'What is on in a room.' })
  // `rooms` names none of the others.
  const known: typeof doorSettings.shape = { ...Object.fromEntries(own), ...each(whom), ...doorSettings.shape }
  const settings = z
    .object(known)
    .meta({ title: 'RoomSettings', description: 'For whom each capability is on, and who comes in.' })
  const changes = {
    is_private: z.boolean().nullish(),
    password: newPassword.nullish(),
    capabilities: capabilities.partial().nullish(),
    settings: settings.partial().extend({ capacity: roomCapacity.nullish() }).nullish(),
  }

  const newRoom = z.object({
    name: roomName,
    kind: z.enum(['chat', 'meeting', 'call', 'game']).nullish(),
    movie_source: movieSource
      .refine(({ type, url }) => type !== 'directLink' || url != null, 'A direct link needs a web address as url')
      .refine(({ url }) => url == null || isWebAddress(url), 'The url must be a web address without a user name')
      .nullish(),
    ...changes,
  })

  /** The fields that `rooms.update` changes; absent ones stay. `password` null removes it. `capacity` null: no limit. */
  const roomChanges = z.object({ room_id: roomId, name: roomName.nullish(), ...changes })

  /** The fields of a room that can change. */
  const changing = z.object({
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
    picture_url: pictureAddress,
  })

  const room = z
    .object({
      id: z.string(),
      kind: kinds,
      ...changing.shape,
      owner_id: ownerId,
      host_rights: hostRightsField,
      host: personSchema.optional(),
      member_count: z.int(),
      is_active: z.boolean(),
      last_seq: z.int(),
      created_at: z.iso.datetime(),
    })
    .meta({ title: 'RoomInfo', description: 'A room as those see it who may read it.' })
  const ownRoom = room
    .extend({ me: z.object({ role: z.string() }) })
    .meta({ title: 'OwnRoom', description: 'A room with the role of the member who asks.' })
  const listedRoom = room
    .extend({ online: z.int().describe('Users present, as the node that answers knows them.') })
    .meta({ title: 'ListedRoom', description: 'A room in the list of public ones.' })
  const roomList = z.object({
    items: z
      .array(z.union([listedRoom, closedRoom]))
      .describe('A room with a waiting room is listed in its short form.'),
    next_cursor: z.string().nullable(),
  })

  const joined = z.object({
    room,
    seq: z.int().describe('The seq of the room at this moment; everything newer follows live.'),
    epoch: z.string(),
    recovered: z.boolean().describe('True: `events` are those after the cursor. False: this is a new snapshot.'),
    events: z.array(z.object({ seq: z.int(), event: z.string(), data: z.looseObject({}) })),
    records: z.array(record),
    more: z.string().optional().describe('Cursor for the rest of the records: GET /api/rooms/:room_id/state.'),
    history_before: z.int().nullable().describe('The value of `before` for the next older page of messages.'),
    presence: z.array(z.object({ user: personSchema, peers: peersOf(slots) })),
    me: z.object({
      role: z.string(),
      peer_id: z.string(),
      user_id: z.string(),
      joined_at: z.iso
        .datetime()
        .nullable()
        .describe('Another one than before: the membership has ended meanwhile. Null in the lobby.'),
      languages: languagesSchema.nullable().describe('What the member speaks and reads; null: they named none.'),
    }),
  })

  return {
    newRoom,
    roomChanges,
    changing,
    room,
    ownRoom,
    roomList,
    joined,
    presence: presenceInput(slots),
    presenceChanged: presenceChanged(slots),
  }
}
