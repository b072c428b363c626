import type { z } from 'zod'
import type { Profile } from '../../core/caller.ts'
import type { JsonObject } from '../../room/types.ts'

/** The value of a record as its type has it; null: it cannot be read (rule RM14). */
export function valueAs<T>({ value: schema }: { value: z.ZodType<T> }, value: JsonObject): T | null {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : null
}

/** Whom a record is about that cannot be read: nothing of them is known but the id, so they are taken for a guest. */
export const unknownPerson = (id: string): Profile => ({ id, name: 'Unknown', avatar_url: null, guest: true })

/** Stands for a time that cannot be read. */
export const unknownTime = new Date(0).toISOString()
