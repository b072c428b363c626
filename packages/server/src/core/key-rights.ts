import type { AnyCaller } from './caller.ts'
import { AppError } from './error.ts'
import type { ForKeys, KeyGrant, Scope } from './scope.ts'

/** The key of a caller who has one; null: a login, or nobody. */
export const keyOf = (caller: AnyCaller): KeyGrant | null => (caller.kind === 'user' ? (caller.key ?? null) : null)

/** Throws `scope_missing` for a key without this scope. */
export function assertScope(scope: Scope, caller: AnyCaller): void {
  const key = keyOf(caller)
  if (key && !key.scopes.has(scope)) throw new AppError('scope_missing', { details: { scope } })
}

export const mayUseRoom = (caller: AnyCaller, room_id: string): boolean => keyOf(caller)?.rooms?.has(room_id) ?? true

/** Whether the caller has a key of some rooms only. */
export const isLimited = (caller: AnyCaller): boolean => (keyOf(caller)?.rooms ?? null) !== null

/** Throws `forbidden` for a key of other rooms; `null` stands for no room, or for all. */
export function assertRoomOfKey(room_id: string | null, caller: AnyCaller): void {
  const rooms = keyOf(caller)?.rooms ?? null
  if (rooms === null || (room_id !== null && rooms.has(room_id))) return
  throw new AppError('forbidden', { text: 'This API key is for other rooms' })
}

/** Whether a caller with a key may make this call: its scope, and its rooms (rules AK2 and AK3 of identity). */
export function assertKey({ scope, roomless, findsRoom }: ForKeys, caller: AnyCaller, room_id: string | null): void {
  if (keyOf(caller) === null || scope === 'any') return
  if (scope === 'none') throw new AppError('forbidden', { text: 'This cannot be done with an API key' })
  assertScope(scope, caller)
  if (!roomless && !findsRoom) assertRoomOfKey(room_id, caller)
}
