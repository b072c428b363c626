import { confusables, confusablesVersion } from './confusables.generated.ts'

/** Characters that are drawn as nothing (Unicode 5.21, Default Ignorable): joiners, fillers, soft hyphens, tags. */
const ignorable = /\p{Default_Ignorable_Code_Point}/gu
const spaces = /\p{White_Space}+/gu

/** What a name is compared as; keys of another version of the tables are made anew. */
export type Looks = {
  /** The same for names that differ in case, form, spaces and what is not drawn, or that look alike (UTS #39, 4). */
  look_key: string
  /** The same for names that look alike as they are written: a capital I and a small l do, and no key without case tells. */
  shown_key: string
}

/** In front of every key. */
export const looksVersion = `${confusablesVersion}:`

export function looksOf(name: string): Looks {
  const plain = name.normalize('NFKC').replace(ignorable, '').replace(spaces, ' ').trim()
  return {
    look_key: looksVersion + fold(skeleton(fold(plain))),
    shown_key: looksVersion + skeleton(plain),
  }
}

/** Full case folding, or as near as a language without that table comes: SS for ß, and one sigma. */
const fold = (text: string): string =>
  Array.from(text.toUpperCase(), (character) => character.toLowerCase())
    .join('')
    .normalize('NFKC')

const prototypes = readPrototypes()

/** UTS #39, section 4: NFD, each character by its prototype, NFD. */
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
