/** A piece of a text: as it is, or a link to somewhere else. */
export type Piece = { text: string; href: string | null }

const candidate = /\bhttps?:\/\/[^\s<>"]+/giu

/** Splits a text so that addresses of the web can be followed. Nothing but http and https becomes a link. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(candidate)) {
    const address = withoutPunctuation(match[0])
    const url = URL.parse(address)
    if (!url || !url.hostname || (url.protocol !== 'http:' && url.protocol !== 'https:')) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null })
    pieces.push({ text: address, href: url.href })
    end = match.index + address.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null })
  return pieces
}

const openings: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** What closes a sentence, or a bracket that was opened before the address, is not part of it. */
function withoutPunctuation(address: string): string {
  const opened = (bracket: string) => address.split(bracket).length - 1
  const surplus = new Map(
    Object.entries(openings).map(([closing, opening]) => [closing, opened(closing) - opened(opening)]),
  )
  let end = address.length
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1)
    const tooMany = surplus.get(last)
    if (tooMany === undefined ? !/[.,;:!?'”’»*_]/u.test(last) : tooMany <= 0) break
    if (tooMany !== undefined) surplus.set(last, tooMany - 1)
  }
  return address.slice(0, end)
}
