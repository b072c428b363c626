import { z } from 'zod'
import type { Profile } from '../../../core/caller.ts'
import { pictureAddress } from '../../../core/picture-url.ts'
import { storedObject } from '../../../core/stored.ts'
import { nameText } from '../../../core/text/name.ts'
import { identityBounds } from '../bounds.ts'
import { systemProfile } from '../../../room/people.ts'
import { isReserved } from '../state.ts'

/** The `sender` label of a caller without a token: a name by rule G1; reserved names are refused later (rules G5, G7). */
export const senderName = nameText(identityBounds.person_name.value)
/** What a person may be called: rules G1 and G7. */
export const personName = nameText(identityBounds.person_name.value).refine(
  (name) => !isReserved(name),
  'This name is reserved for the server itself',
)

/** What others see of a person: rule P1. */
export const personSchema = z
  .object({ id: z.string(), name: z.string(), avatar_url: pictureAddress, guest: z.boolean() })
  .meta({ title: 'Person', description: 'What others see of a person.' })

/** The person in a profile's JSON text; the server's own profile if the text cannot be read. */
export function personIn(json: string): Profile {
  const parsed = personSchema.safeParse(storedObject(json))
  return parsed.success ? parsed.data : systemProfile
}
