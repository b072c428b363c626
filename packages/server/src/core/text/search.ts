const marks = /\p{M}+/gu
const isPlain = /^[\x20-\x7e]*$/
const betweenWords = /[\s\p{P}]/u

/** A text as it is searched: without case, accents and compatibility forms, with one space between words. */
export function searchKey(text: string): string {
  const plain = isPlain.test(text) ? text : text.normalize('NFKD').replaceAll(marks, '')
  return plain.toLowerCase().replaceAll(/\s+/g, ' ').trim()
}

/**
 * How well a name fits a `searchKey`: 0: it begins with it; 1: one of its words does; 2: it holds it; null: it does not. An
 * empty key fits every name.
 */
export function fitOf(key: string, name: string): 0 | 1 | 2 | null {
  const within = searchKey(name)
  let place = within.indexOf(key)
  if (place <= 0) return place === 0 ? 0 : null
  for (; place > 0; place = within.indexOf(key, place + 1)) if (betweenWords.test(within[place - 1] ?? '')) return 1
  return 2
}
