import { z } from 'zod'
import { readStored } from '../core/stored.ts'

/** Languages that one member names, each for speaking and for reading. */
const most = 8

/** A BCP 47 tag in its canonical form; one that is none in truth stays as it is, and no entry is for it. */
const language = z
  .string()
  .min(2)
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, 'This is not a language tag')
  .overwrite(canonical)
  .meta({ description: 'A language tag (BCP 47), like `en` or `pt-BR`.' })

function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag
  } catch {
    return tag
  }
}

const several = z.array(language).max(most).readonly()

/** What a member speaks and reads, the preferred language first (rule V2). */
export const languagesSchema = z.object({ speaks: several, reads: several }).meta({ title: 'Languages' })
export type Languages = z.output<typeof languagesSchema>

/** As they stand in a membership's row, and in the body of `member_languages`. */
const storedLanguages = { v: 1, schema: z.object({ speaks: z.array(z.string()), reads: z.array(z.string()) }) }

/** Null: the member named none, or they cannot be read, which shows the member less and never more. */
export function languagesIn(text: string | null): Languages | null {
  const reading = text === null ? null : readStored(storedLanguages, 1, text)
  return reading?.ok ? reading.value : null
}

export const readsOf = (text: string | null): readonly string[] => languagesIn(text)?.reads ?? []

/** Whether both lists have the same languages, in any order. */
export const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  new Set(one).size === new Set(other).size && one.every((each) => other.includes(each))
