import { z } from 'zod'
import type { RoomFacts } from '../../core/contract.ts'
import type { RoomOption } from '../../core/room-option.ts'
import type { StoredObject, UnreadableRow } from '../../core/stored.ts'
import type { Member, RoomRow } from '../../room/types.ts'
import type { Capabilities, RoomOptions, Settings } from './options.ts'
import { type HostRights, hostRights, hasPermission, roleOf } from './permissions/permissions.ts'
import { roomPermissions } from './permissions/room-permissions.ts'
import type { RoomShapes } from './contract/room-shapes.ts'
import { isWebAddress, movieSource, normalPassword } from './contract/shapes.ts'

export const lobbyId = 'lobby'
/** The role of visitors of the lobby, who are not members (rule RM6). */
export const visitorRole = 'visitor'
export const hostRole = 'host'

/**
 * A room's profile as it is stored (rule RM13), including fields that this release does not know. `owner` and `host` are
 * nums; 0 is nobody, as in the lobby, and when the owner's account was deleted and no member was left (rule HO4).
 * `stood_in`: the role that a stand-in had before; `host_rights`: what the host may do (rule HO5). `password` is a hash.
 * Capabilities or settings that cannot be read are null.
 */
export const storedProfile = z.object({
  v: z.int(),
  name: z.string(),
  host: z.int(),
  host_id: z.string().nullable(),
  owner: z.int(),
  owner_id: z.string().nullable(),
  stood_in: z.string().nullable(),
  host_rights: z.string(),
  is_private: z.boolean(),
  password: z.string().nullable(),
  capabilities: z.looseObject({}).nullable(),
  settings: z.looseObject({}).nullable(),
  movie_source: z.looseObject({}).nullable(),
  /** The path of a picture on this server (rule RM16). */
  picture_url: z.string().nullable(),
})
export type StoredProfile = z.infer<typeof storedProfile>
/** The version of profiles that this release writes; a row with a later version keeps it. */
const profileVersion = 1

/** A room's effective profile (rules RM4, RM13), and the stored one. */
export type RoomProfile = Omit<StoredProfile, 'v' | 'host_rights' | 'capabilities' | 'settings' | 'movie_source'> & {
  host_rights: HostRights
  capabilities: Capabilities
  settings: Settings
  movie_source: z.infer<typeof movieSource> | null
  stored: StoredProfile
}
export type NewRoom = z.output<RoomShapes['newRoom']>
export type RoomChanges = z.output<RoomShapes['roomChanges']>

/** A room as it was at `profile_seq`, without the fields that change with every event. */
export type KnownRoom = RoomFacts & {
  profile_seq: number
  profile: RoomProfile
  /** Whether a user may be banned or sent out; false: nobody is, as long as the profile is unchanged. */
  mayKeepOut: boolean
  /** Its JSON up to the fields that change with every event. */
  head: string
}

/** Reports a part of a room's row that cannot be read: like `TellUnreadable`, without the room. */
type Tell = (kind: UnreadableRow['kind'], part: string) => void

/** The effective profile of a stored one: parts that cannot be read fail closed (rule RM13). */
export function profileOf(kind: string, stored: StoredProfile, { read }: RoomOptions, tell: Tell): RoomProfile {
  const { v: _, ...kept } = stored
  const isWhole = stored.capabilities !== null && stored.settings !== null
  const { isClosed, ...options } = read(kind, stored, (name) => tell(isWhole ? 'setting' : 'room', name))
  const rights = hostRights.find((each) => each === stored.host_rights)
  if (rights === undefined) tell('setting', 'host_rights')
  const source = stored.movie_source === null ? null : movieSource.safeParse(stored.movie_source)
  if (source?.success === false) tell('setting', 'movie_source')
  return {
    ...kept,
    is_private: stored.is_private || isClosed,
    host_rights: rights ?? 'controls',
    ...options,
    movie_source: source?.success ? shownSource(source.data) : null,
    stored,
  }
}

/** Hides a source whose address is not valid; earlier releases did not check it. */
const shownSource = (source: z.infer<typeof movieSource>) =>
  source.url == null || isWebAddress(source.url) ? source : { ...source, url: null }

/** The profile with another host or owner. */
export function handedOver(
  profile: RoomProfile,
  to: Partial<Pick<RoomProfile, 'host' | 'host_id' | 'owner' | 'owner_id' | 'stood_in' | 'host_rights'>>,
): RoomProfile {
  return { ...profile, ...to, stored: { ...profile.stored, ...to } }
}

/** The profile with another picture, or none. */
export const pictured = (profile: RoomProfile, picture_url: string | null): RoomProfile => ({
  ...profile,
  picture_url,
  stored: { ...profile.stored, picture_url },
})

const nobody = { host: 0, host_id: null, owner: 0, owner_id: null }
const own = { stood_in: null, host_rights: 'all' }

export const kindOf = ({ kind, movie_source }: Pick<NewRoom, 'kind' | 'movie_source'>): string =>
  movie_source ? 'watch' : (kind ?? 'chat')

/** The profile of a new room; `password` is the hash of the requested password, null for none. */
export function newProfile(
  kind: string,
  room: NewRoom,
  maker: { num: number; id: string },
  password: string | null,
  options: RoomOptions,
): RoomProfile {
  const standard = options.defaults(kind)
  const stored: StoredProfile = {
    v: profileVersion,
    name: room.name,
    ...{ host: maker.num, host_id: maker.id, owner: maker.num, owner_id: maker.id, ...own },
    is_private: room.is_private === true || password !== null,
    password,
    capabilities: { ...standard.capabilities, ...given(room.capabilities) },
    settings: { ...standard.settings, ...given(room.settings) },
    movie_source: room.movie_source ?? null,
    picture_url: null,
  }
  return profileOf(kind, stored, options, () => undefined)
}

export function lobbyProfile(options: RoomOptions): StoredProfile {
  const access = { is_private: false, password: null, movie_source: null, picture_url: null }
  return { v: profileVersion, name: 'Lobby', ...nobody, ...own, ...access, ...options.defaults('lobby') }
}

/** The requested password in the form to be hashed; null: none (rule RM5). */
export function passwordOf({ password }: { password?: string | null | undefined }): string | null {
  const text = normalPassword(password ?? '')
  return text === '' ? null : text
}

/** Whether the change is one of privacy or password, which needs another permission. */
export const changesPrivacy = ({ is_private, password }: RoomChanges): boolean =>
  is_private != null || password !== undefined

/** The profile after a change; `password` is the hash of the new password, if there is one (rule RM5). */
export function changed(
  { kind, profile }: Pick<KnownRoom, 'kind' | 'profile'>,
  changes: RoomChanges,
  password: string | null,
  options: RoomOptions,
): RoomProfile {
  const base = readableFrom(profile)
  const { capacity, ...rest } = changes.settings ?? {}
  const { capacity: before, ...others } = base.settings
  const bound = capacity === undefined ? before : (capacity ?? undefined)
  const kept = changes.password === undefined && changes.is_private !== false ? base.password : null
  const next = password ?? kept
  const stored: StoredProfile = {
    ...base,
    v: Math.max(base.v, profileVersion),
    name: changes.name ?? base.name,
    capabilities: { ...base.capabilities, ...given(changes.capabilities) },
    settings: { ...others, ...given(rest), ...(bound === undefined ? {} : { capacity: bound }) },
    is_private: next !== null || (changes.is_private ?? base.is_private),
    password: next,
  }
  return profileOf(kind, stored, options, () => undefined)
}

/** The stored profile as the base of a change; unreadable options are replaced by the closed values in effect. */
function readableFrom({ stored, is_private, capabilities, settings }: RoomProfile) {
  if (stored.capabilities !== null && stored.settings !== null) {
    return { ...stored, capabilities: stored.capabilities, settings: stored.settings }
  }
  return { ...stored, is_private, capabilities, settings }
}

/** Whether this member (null: none) may use what the option adds to the room (rule RM3). */
export function isOpenTo({ name, hosts }: RoomOption, profile: RoomProfile, member: Member | null): boolean {
  const forWhom = profile.capabilities[name] === true ? profile.settings[name] : 'off'
  if (forWhom !== 'host') return forWhom === 'everyone'
  return hasPermission(roleOf(member, profile), hosts === 'controls' ? roomPermissions.controls : roomPermissions.speak)
}

/** Whether only members may read the room: it is private, or has a waiting room (rule RM9). */
export const isMembersOnly = ({ is_private, settings }: RoomProfile): boolean => is_private || settings.waiting

/** The part of the profile that everyone in the room may see. */
export function shown(profile: RoomProfile): StoredObject {
  const { name, is_private, password, host_id, owner_id, host_rights, capabilities, settings, movie_source } = profile
  const { picture_url } = profile
  const has_password = password !== null
  const access = has_password ? 'password' : is_private ? 'invite' : 'public'
  return {
    ...{ name, is_private, has_password, access, host_id, owner_id, host_rights, capabilities, settings },
    ...(movie_source ? { movie_source } : {}),
    picture_url,
  }
}

export function knownRoom(
  { num, id, kind }: RoomFacts,
  { created_at, profile_seq }: Pick<RoomRow, 'created_at' | 'profile_seq'>,
  profile: RoomProfile,
  mayKeepOut: boolean,
): KnownRoom {
  const { picture_url: _, ...rest } = shown(profile)
  const fixed = { id, kind, ...rest, created_at: new Date(created_at).toISOString() }
  return { num, id, kind, profile_seq, profile, mayKeepOut, head: JSON.stringify(fixed).slice(0, -1) }
}

type Now = Pick<RoomRow, 'member_count' | 'last_seq' | 'closed_at'>

/** A room as JSON text (rule RM1); `host` is the host's profile as JSON text. */
export function roomJson(
  { head, profile }: KnownRoom,
  { member_count, last_seq, closed_at }: Now,
  host: string | null,
): string {
  const withHost = host === null ? head : `${head},"host":${host}`
  // The picture ends with the room (rule RM16).
  const picture = JSON.stringify(closed_at === null ? profile.picture_url : null)
  const now = `"member_count":${member_count},"is_active":${closed_at === null},"last_seq":${last_seq}`
  return `${withHost},"picture_url":${picture},${now}}`
}

/** The short form of a room that only members may read, as JSON text (rule RM8). */
export function closedRoomJson({ id, kind, profile }: KnownRoom, { member_count }: Pick<Now, 'member_count'>): string {
  const { name, is_private, password } = profile
  return JSON.stringify({ id, name, kind, is_private, has_password: password !== null, member_count })
}

/** The properties that have a value: an absent or null one must not override a default. */
function given<T extends object>(values: T | null | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> }
}
