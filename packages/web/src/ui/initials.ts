import { graphemes } from '../texts/graphemes.ts'

/** The first characters of the first and the last word, in any script. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  const letters = ends.flatMap((word = '') => [...graphemes(word)].slice(0, 1))
  return letters.join('').toLocaleUpperCase() || '?'
}

/** With the selector that some keyboards add to one that needs none. */
const emoji = /^\p{RGI_Emoji}\uFE0F?$/v

/** What stands for a room without a picture: the emoji that its name begins with, else its initials. */
export function signOf(name: string): { text: string; isEmoji: boolean } {
  const [first = ''] = graphemes(name.trim())
  return emoji.test(first) ? { text: first, isEmoji: true } : { text: initials(name), isEmoji: false }
}
