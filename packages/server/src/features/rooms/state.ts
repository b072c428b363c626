import { z } from 'zod'
import type { RoomFacts } from '../../core/contract.ts'
import type { Member, RoomRow } from '../../room/types.ts'
import { hostRights, may, roleOf } from './permissions.ts'
import { roomPermissions } from './room-permissions.ts'
import { capabilities, type CapabilityName, type changing, isWebAddress } from './shapes.ts'
import { movieSource, normalPassword, settings } from './shapes.ts'
import type { newRoom, roomChanges } from './shapes.ts'

export const lobbyId = 'lobby'
export const hostRole = 'host'

/**
 * A room's profile as it is kept (rule RM4). `owner` made the room or was handed it, `host` is who hosts it now: nums, 0 for
 * nobody, as in the lobby and after the account of an owner has left nobody behind (rule HO4). `stood_in`: the role that a
 * host who stands in for the owner had before; `host_rights`: what they may (rule HO5). `password` is a hash.
 */
export const profileSchema = z.object({
  name: z.string(),
  host: z.int(),
  host_id: z.string().nullable(),
  owner: z.int(),
  owner_id: z.string().nullable(),
  stood_in: z.string().nullable(),
  host_rights: z.enum(hostRights),
  is_private: z.boolean(),
  password: z.string().nullable(),
  capabilities,
  /** Rooms made before these settings were there have neither. */
  settings: settings.extend({ locked: z.boolean().default(false), waiting: z.boolean().default(false) }),
  /** Of rooms made before addresses were looked at, one that is none is not shown. */
  movie_source: movieSource
    .transform((source) => (source.url == null || isWebAddress(source.url) ? source : { ...source, url: null }))
    .nullable(),
})
export type RoomProfile = z.infer<typeof profileSchema>
type Capabilities = z.infer<typeof capabilities>
type Settings = z.infer<typeof settings>
export type NewRoom = z.output<typeof newRoom>
export type RoomChanges = z.output<typeof roomChanges>

/** A room without what changes with every event, as it was at `profile_seq`. */
export type KnownRoom = RoomFacts & {
  profile_seq: number
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
  locked: false,
  waiting: false,
}

export const kindOf = ({ kind, movie_source }: Pick<NewRoom, 'kind' | 'movie_source'>): string =>
  movie_source ? 'watch' : (kind ?? 'chat')

/** `password` is the hash of the one that was asked for, null for none. */
export function newProfile(
  kind: string,
  room: NewRoom,
  maker: { num: number; id: string },
  password: string | null,
): RoomProfile {
  return {
    name: room.name,
    ...{ host: maker.num, host_id: maker.id, owner: maker.num, owner_id: maker.id, stood_in: null, host_rights: 'all' },
    is_private: room.is_private === true || password !== null,
    password,
    capabilities: { ...(defaults[kind] ?? off), ...given(room.capabilities) },
    settings: { ...everyone, ...given(room.settings) },
    movie_source: room.movie_source ?? null,
  }
}

export const lobbyProfile: RoomProfile = {
  name: 'Lobby',
  ...{ host: 0, host_id: null, owner: 0, owner_id: null, stood_in: null, host_rights: 'all' },
  is_private: false,
  password: null,
  capabilities: lobbyCapabilities,
  settings: everyone,
  movie_source: null,
}

/** The password that was asked for as it is hashed; null: none (rule RM5). */
export function passwordOf({ password }: { password?: string | null | undefined }): string | null {
  const text = normalPassword(password ?? '')
  return text === '' ? null : text
}

/** Whether the change is of who may come in, for which another permission stands. */
export const changesPrivacy = ({ is_private, password }: RoomChanges): boolean =>
  is_private != null || password !== undefined

/** The profile after a change; `password` is the hash of the new one, where there is a new one (rule RM5). */
export function changed(profile: RoomProfile, changes: RoomChanges, password: string | null): RoomProfile {
  const { capacity, ...rest } = changes.settings ?? {}
  const settings = { ...profile.settings, ...given(rest) }
  if (capacity === null) delete settings.capacity
  else if (capacity !== undefined) settings.capacity = capacity
  const kept = changes.password === undefined && changes.is_private !== false ? profile.password : null
  const next = password ?? kept
  return {
    ...profile,
    name: changes.name ?? profile.name,
    capabilities: { ...profile.capabilities, ...given(changes.capabilities) },
    settings,
    is_private: next !== null || (changes.is_private ?? profile.is_private),
    password: next,
  }
}

/** What stands in for an owner without leaving anything that lasts. */
const controls: ReadonlySet<CapabilityName> = new Set(['playback', 'call', 'whiteboard'])

/** Whether this member (null: none) may use a capability of the room (rule RM3). */
export function isOpenTo(capability: CapabilityName, profile: RoomProfile, member: Member | null): boolean {
  const forWhom = profile.capabilities[capability] ? profile.settings[capability] : 'off'
  if (forWhom !== 'host') return forWhom === 'everyone'
  return may(roleOf(member, profile), controls.has(capability) ? roomPermissions.controls : roomPermissions.speak)
}

/** Whether only members read the room: in a waiting room nobody reads what they are not let into yet (rule RM9). */
export const isClosedToOutsiders = ({ is_private, settings }: RoomProfile): boolean => is_private || settings.waiting

/** What everyone in the room sees of its profile. */
export function shown(profile: RoomProfile): z.infer<typeof changing> & Pick<RoomProfile, 'owner_id' | 'host_rights'> {
  const { name, is_private, password, host_id, owner_id, host_rights, capabilities, settings, movie_source } = profile
  const has_password = password !== null
  const access = has_password ? 'password' : is_private ? 'invite' : 'public'
  return {
    ...{ name, is_private, has_password, access, host_id, owner_id, host_rights, capabilities, settings },
    ...(movie_source ? { movie_source } : {}),
  }
}

export function knownRoom(
  { num, id, kind }: RoomFacts,
  { created_at, profile_seq }: Pick<RoomRow, 'created_at' | 'profile_seq'>,
  profile: RoomProfile,
): KnownRoom {
  const fixed = { id, kind, ...shown(profile), created_at: new Date(created_at).toISOString() }
  return { num, id, kind, profile_seq, profile, head: JSON.stringify(fixed).slice(0, -1) }
}

type Now = Pick<RoomRow, 'member_count' | 'last_seq' | 'closed_at'>

/** A room as JSON text (rule RM1); `host` is the host's profile as JSON text. */
export function roomJson({ head }: KnownRoom, { member_count, last_seq, closed_at }: Now, host: string | null): string {
  const withHost = host === null ? head : `${head},"host":${host}`
  return `${withHost},"member_count":${member_count},"is_active":${closed_at === null},"last_seq":${last_seq}}`
}

/** A room that only its members read, as others see it (rule RM8). */
export function closedRoomJson({ id, kind, profile }: KnownRoom, { member_count }: Pick<Now, 'member_count'>): string {
  const { name, is_private, password } = profile
  return JSON.stringify({ id, name, kind, is_private, has_password: password !== null, member_count })
}

/** The properties that are there: an absent one, or null, must not hide a default. */
function given<T extends object>(values: T | null | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> }
}
