/** Whether the text has half of a surrogate pair by itself, or an escape in JSON that may be one. */
const mayBeHalved = (text: string): boolean =>
  !text.isWellFormed() || (text.includes('\\u') && /\\u[dD][89a-fA-F]/.test(text))

const isHalved = (text: string): boolean => !text.isWellFormed()

/**
 * Makes text valid Unicode: half of a surrogate pair is no character, UTF-8 has no bytes for it, and as an escape in
 * JSON it makes strict parsers reject the whole page (RFC 8259, 8.2). Each half becomes U+FFFD, in a text and in all
 * texts and field names inside a value, at any depth; the value is changed in place. Bytes do not change.
 */
export function makeWellFormed<T>(value: T): T
export function makeWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  // A work list instead of recursion, because a value may be nested deeper than the call stack.
  const found: unknown[] = [value]
  while (found.length > 0) {
    const one = found.pop()
    if (typeof one !== 'object' || one === null || ArrayBuffer.isView(one)) continue
    if (!Array.isArray(one) && Object.keys(one).some(isHalved)) renameFields(one)
    for (const name of Object.keys(one)) {
      const inner: unknown = Reflect.get(one, name)
      if (typeof inner === 'object') found.push(inner)
      else if (typeof inner === 'string' && isHalved(inner)) define(one, name, inner.toWellFormed())
    }
  }
  return value
}

/** If names become equal the last one wins, as with any name that appears twice in JSON. */
function renameFields(object: object): void {
  const fields = Object.entries(object)
  for (const [name] of fields) Reflect.deleteProperty(object, name)
  for (const [name, value] of fields) define(object, name.toWellFormed(), value)
}

/** An assignment would not create a field named `__proto__`. */
const define = (object: object, name: string, value: unknown): boolean =>
  Reflect.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })

/** Parses JSON and makes every text in it well-formed; nearly all input needs no change. Throws SyntaxError. */
export function parseWellFormed(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return mayBeHalved(text) ? makeWellFormed(value) : value
}

/** Escapes of halves, or of a whole pair; after an odd number of backslashes they are plain letters. */
const escapes = /(?<!\\)((?:\\\\)*)\\u(d[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|d[89a-f][\da-f]{2})/gi

/**
 * Makes JSON text well-formed without parsing it. The text comes from JSON.stringify of a value with halves of pairs, as
 * earlier releases stored it. Nearly all texts are answered unchanged.
 */
export function wellFormedJson(text: string): string {
  if (!text.includes('\\ud')) return text
  return text.replace(escapes, (whole, before: string, units: string) => (units.length > 4 ? whole : `${before}\ufffd`))
}
