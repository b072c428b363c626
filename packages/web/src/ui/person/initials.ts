import { graphemes } from '../../texts/graphemes.ts'

/** How many colours tokens.css has for people. */
const tones = 10

/** Which of the colours a person has: the same in every place and session. FNV-1a, so that ids made together differ. */
export function toneOf(id: string): number {
  let hash = 0x811c9dc5
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0) % tones
}

/** The first letters of the first and the last word, as readers of any script see letters. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  return (
    ends
      .map((word) => firstLetter(word ?? ''))
      .join('')
      .toLocaleUpperCase() || '?'
  )
}

function firstLetter(word: string): string {
  const [first] = graphemes(word)
  return first ?? ''
}
