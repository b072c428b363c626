import { z } from 'zod'
import { isScope, type KeyGrant } from '../../../core/scope.ts'
import { readStored, type StoredShape, type TellUnreadable } from '../../../core/stored.ts'

/** What a key may do, as it is stored: also scopes that only a newer release knows. */
const shape: StoredShape<{ scopes: string[]; rooms: string[] | null }> = {
  v: 1,
  schema: z.object({ scopes: z.array(z.string()), rooms: z.array(z.string()).nullable() }),
}
export const accessVersion = shape.v

export const accessText = ({ scopes, rooms }: Pick<KeyGrant, 'scopes' | 'rooms'>): string =>
  JSON.stringify({ scopes: [...scopes], rooms: rooms && [...rooms] })

/** Reads what a key may do; one that cannot be read may do nothing, in no room (rule AK8). */
export function readAccess(
  { id, v, access }: { id: string; v: number; access: string },
  tell: TellUnreadable,
): KeyGrant {
  const reading = readStored(shape, v, access)
  if (!reading.ok) {
    tell({ kind: 'key', row: `API key ${id}`, why: reading.why })
    return { id, scopes: new Set(), rooms: new Set() }
  }
  const { scopes, rooms } = reading.value
  return { id, scopes: new Set(scopes.filter(isScope)), rooms: rooms && new Set(rooms) }
}
