import { graphemes } from '../../texts/graphemes.ts'

/** The number of avatar colours in tokens.css. */
const tones = 10

/** The index of a person's colour, the same everywhere. FNV-1a, so that ids created together differ. */
export function toneOf(id: string): number {
  let hash = 0x811c9dc5
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0) % tones
}

/** The first characters of the first and the last word, in any script. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  const letters = ends.flatMap((word = '') => [...graphemes(word)].slice(0, 1))
  return letters.join('').toLocaleUpperCase() || '?'
}
