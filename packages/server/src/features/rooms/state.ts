import { z } from 'zod'
import type { RoomFacts } from '../../core/contract.ts'
import type { Member, RoomRow } from '../../room/types.ts'
import { capabilities, type CapabilityName, movieSource, type newRoom, settings } from './shapes.ts'

export const lobbyId = 'lobby'
export const hostRole = 'host'
/** Whether the role belongs to the audience `moderators`. */
export const isModerator = (role: string): boolean => role === hostRole

/** What is fixed when a room is made (rule RM4). `host_id` null: the lobby. */
export const profileSchema = z.object({
  name: z.string(),
  host_id: z.string().nullable(),
  capabilities,
  settings,
  movie_source: movieSource.nullable(),
})
export type RoomProfile = z.infer<typeof profileSchema>
type Capabilities = z.infer<typeof capabilities>
type Settings = z.infer<typeof settings>
export type NewRoom = z.output<typeof newRoom>

/** A room without what changes with every event. `host`: a user's num, 0 for the lobby. */
export type KnownRoom = RoomFacts & {
  host: number
  profile: RoomProfile
  /** Its JSON up to where the changing part goes. */
  head: string
}

const off: Capabilities = {
  chat: false,
  reactions: false,
  call: false,
  whiteboard: false,
  playback: false,
  captions: false,
  shared_state: false,
}
const lobbyCapabilities: Capabilities = { ...off, chat: true }
const talk: Capabilities = { ...off, chat: true, reactions: true }

/** What is on in a room of each kind unless its maker says otherwise (rule RM3). */
const defaults: Readonly<Record<string, Capabilities>> = {
  chat: { ...talk, call: true, captions: true, shared_state: true },
  meeting: { ...talk, call: true, whiteboard: true, captions: true, shared_state: true },
  watch: { ...talk, call: true, playback: true, captions: true },
  call: { ...talk, call: true, captions: true, shared_state: true },
  game: { ...talk, call: true, shared_state: true },
}

const everyone: Settings = {
  chat: 'everyone',
  reactions: 'everyone',
  call: 'everyone',
  whiteboard: 'everyone',
  playback: 'host',
  captions: 'everyone',
  shared_state: 'everyone',
}

export const kindOf = ({ kind, movie_source }: Pick<NewRoom, 'kind' | 'movie_source'>): string =>
  movie_source ? 'watch' : (kind ?? 'chat')

export function newProfile(kind: string, room: NewRoom, host_id: string): RoomProfile {
  return {
    name: room.name,
    host_id,
    capabilities: { ...(defaults[kind] ?? off), ...given(room.capabilities) },
    settings: { ...everyone, ...given(room.settings) },
    movie_source: room.movie_source ?? null,
  }
}

export const lobbyProfile: RoomProfile = {
  name: 'Lobby',
  host_id: null,
  capabilities: lobbyCapabilities,
  settings: everyone,
  movie_source: null,
}

/** Rule RM5. */
export const asksForPrivacy = ({ is_private, password }: NewRoom): boolean =>
  is_private === true || (password ?? '') !== ''

/** Whether this member (null: none) may use a capability of the room (rule RM3). */
export function isOpenTo(capability: CapabilityName, profile: RoomProfile, member: Member | null) {
  const forWhom = profile.capabilities[capability] ? profile.settings[capability] : 'off'
  return forWhom === 'everyone' || (forWhom === 'host' && member?.role === hostRole)
}

export function knownRoom(facts: RoomFacts, created_at: number, host: number, profile: RoomProfile): KnownRoom {
  const { num, id, kind } = facts
  const { name, host_id, capabilities, settings, movie_source } = profile
  const fixed = {
    ...{ id, name, kind, is_private: false, has_password: false, host_id, capabilities, settings },
    ...(movie_source ? { movie_source } : {}),
    created_at: new Date(created_at).toISOString(),
  }
  return { num, id, kind, host, profile, head: JSON.stringify(fixed).slice(0, -1) }
}

/** A room as JSON text (rule RM1); `host` is the host's profile as JSON text. */
export function roomJson(
  { head }: KnownRoom,
  { member_count, last_seq, closed_at }: Pick<RoomRow, 'member_count' | 'last_seq' | 'closed_at'>,
  host: string | null,
): string {
  const withHost = host === null ? head : `${head},"host":${host}`
  return `${withHost},"member_count":${member_count},"is_active":${closed_at === null},"last_seq":${last_seq}}`
}

/** The properties that are there: an absent one, or null, must not hide a default. */
function given<T extends object>(values: T | null | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> }
}
