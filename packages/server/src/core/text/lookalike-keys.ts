import { confusables, confusablesVersion } from './confusables.generated.ts'

/** Invisible characters (Unicode 5.21, Default Ignorable): joiners, fillers, soft hyphens, tags. */
const ignorable = /\p{Default_Ignorable_Code_Point}/gu
const spaces = /\p{White_Space}+/gu

/** The keys by which names are compared; keys of another version of the tables are recomputed. */
export type LookalikeKeys = {
  /** Equal for names that differ only in case, normal form, spaces and invisible characters, or that look alike (UTS #39, 4). */
  look_key: string
  /** Equal for names that look alike in their own case: a capital I and a small l do, which a case-folded key cannot tell. */
  shown_key: string
}

/** In front of every key. */
export const lookalikeVersion = `${confusablesVersion}:`

export function lookalikeKeysOf(name: string): LookalikeKeys {
  const plain = name.normalize('NFKC').replace(ignorable, '').replace(spaces, ' ').trim()
  return {
    look_key: lookalikeVersion + fold(skeleton(fold(plain))),
    shown_key: lookalikeVersion + skeleton(plain),
  }
}

/** Full case folding, as near as JavaScript comes without Unicode's table: SS for ß, and one sigma. */
const fold = (text: string): string =>
  Array.from(text.toUpperCase(), (character) => character.toLowerCase())
    .join('')
    .normalize('NFKC')

const prototypes = readPrototypes()

/** UTS #39, section 4: NFD, each character replaced by its prototype, NFD. */
const skeleton = (text: string): string =>
  Array.from(text.normalize('NFD'), (character) => prototypes.get(character) ?? character)
    .join('')
    .normalize('NFD')

function readPrototypes(): ReadonlyMap<string, string> {
  const textOf = (codes: string) => String.fromCodePoint(...codes.split('+').map((code) => Number.parseInt(code, 36)))
  const map = new Map<string, string>()
  for (const entry of confusables.trim().split(/\s/)) {
    const [prototype = '', likes = ''] = entry.split('=')
    for (const like of likes.split(',')) map.set(textOf(like), textOf(prototype))
  }
  return map
}
