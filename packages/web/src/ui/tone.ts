/** The number of colours of people, and of rooms, in tokens.css. */
export const tones = 10

/**
 * The index of the colour of a person or a room, by their id: the same everywhere and at all times. FNV-1a, so that ids
 * that were made one after the other differ.
 */
export function toneOf(id: string): number {
  let hash = 0x811c9dc5
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0) % tones
}
