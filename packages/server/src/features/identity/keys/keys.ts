import { type Caller, requireUser } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import { newId } from '../../../core/id.ts'
import type { Scope } from '../../../core/scope.ts'
import { identityBounds } from '../bounds.ts'
import { identityErrors } from '../errors.ts'
import { hashOfKey, newKey, prefixOf } from './key-text.ts'
import type { KeyStore, ListedKey } from './store.ts'

/** Whether the caller may read this room; rooms say so. */
export type RoomCheck = (caller: Caller, room_id: string) => Promise<boolean>

export type KeysDeps = {
  store: Pick<KeyStore, 'create' | 'list' | 'revoke'>
  clock: Clock
  isReadable: RoomCheck
  /** Keys ended: this node applies it before the caller is answered (rule T6). */
  onEnded: () => Promise<void>
}

export type WantedKey = {
  name: string
  scopes: readonly Scope[]
  room_ids?: readonly string[] | null | undefined
  expires_in?: number | null | undefined
}

const most = identityBounds.keys.value

/** What reaches everyone, or changes the server, only administrators may hand to a key (rule AK4). */
const isForAdministrators = (scope: Scope): boolean =>
  scope === 'broadcast' || scope === 'events:publish' || scope.startsWith('admin:')

/** Makes, lists and revokes API keys. */
export function createKeys({ store, clock, isReadable, onEnded }: KeysDeps) {
  async function assertRooms(caller: Caller, room_ids: readonly string[]): Promise<void> {
    for (const id of room_ids) {
      if (await isReadable(caller, id)) continue
      throw new AppError('validation_error', { details: { errors: { room_ids: `You cannot read the room ${id}` } } })
    }
  }

  return {
    /** Rules AK1 and AK4. */
    allow(caller: Caller, { scopes }: Pick<WantedKey, 'scopes'>): true | Failure {
      const { profile, admin } = requireUser(caller)
      return !profile.guest && (admin === true || !scopes.some(isForAdministrators)) ? true : 'forbidden'
    },

    async create(caller: Caller, { name, scopes, room_ids, expires_in }: WantedKey) {
      if (room_ids) await assertRooms(caller, room_ids)
      const [key, id, created_at] = [newKey(), newId(), clock.now()]
      const made = {
        ...{ id, name, prefix: prefixOf(key), created_at },
        grant: { id, scopes: new Set(scopes), rooms: room_ids ? new Set(room_ids) : null },
        expires_at: expires_in ? created_at + expires_in * 1000 : null,
      }
      const stored = await store.create(requireUser(caller).user.num, { ...made, hash: hashOfKey(key) }, most)
      if (!stored) throw new AppError(identityErrors.too_many_keys)
      return { ...shownKey({ ...made, last_used_at: null }), key }
    },

    list: async (user: number) => (await store.list(user, most)).map(shownKey),

    async revoke(user: number, id: string): Promise<void> {
      if (!(await store.revoke(user, id, clock.now()))) throw new AppError('not_found')
      await onEnded()
    },
  }
}
export type Keys = ReturnType<typeof createKeys>

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const shownKey = ({ id, name, prefix, grant, created_at, last_used_at, expires_at }: ListedKey) => ({
  ...{ id, name, prefix, scopes: [...grant.scopes], room_ids: grant.rooms && [...grant.rooms] },
  created_at: new Date(created_at).toISOString(),
  last_used_at: time(last_used_at),
  expires_at: time(expires_at),
})
