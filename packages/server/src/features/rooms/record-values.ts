import type { z } from 'zod'
import type { Profile } from '../../core/caller.ts'
import { unknownName } from '../../room/people.ts'
import type { JsonObject } from '../../room/types.ts'

/** The value of a record, parsed by its type; null: it cannot be read (rule RM14). */
export function valueAs<T>({ value: schema }: { value: z.ZodType<T> }, value: JsonObject): T | null {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : null
}

/** The user of a record that cannot be read: only the id is known, so they count as a guest. */
export const unknownPerson = (id: string): Profile => ({ id, name: unknownName, avatar_url: null, guest: true })

/** Replaces a time that cannot be read. */
export const unknownTime = new Date(0).toISOString()
