import { parseUrl } from '../../../parse-url.ts'

/** A piece of a text: plain, or a link. */
export type Piece = { text: string; href: string | null }

/** Addresses with a scheme, with `www.` alone, and of mail. */
const candidate =
  /\bhttps?:\/\/[^\s<>"]+|(?<![\w.@/-])www\.[\p{L}\d-]+\.[^\s<>"]+|(?<![\w.+/@-])[\w.+-]{1,64}@(?:[\p{L}\d-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\d@-])/giu
const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** Splits a text into plain pieces and links. Only http, https and mailto become links. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(candidate)) {
    const address = withoutPunctuation(match[0])
    const url = parseUrl(withScheme(address))
    if (!url || !schemes.has(url.protocol) || (url.protocol !== 'mailto:' && !url.hostname)) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null })
    pieces.push({ text: address, href: url.href })
    end = match.index + address.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null })
  return pieces
}

function withScheme(address: string): string {
  if (/^https?:/i.test(address)) return address
  return /^www\./i.test(address) ? `https://${address}` : `mailto:${address}`
}

const openings: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Removes punctuation that ends the sentence, and closing brackets that were opened before the address. */
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
