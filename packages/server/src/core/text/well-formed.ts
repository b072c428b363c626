/** Half of a surrogate pair by itself, or its escape in JSON, which a whole pair may have too. */
const mayBeHalved = (text: string): boolean =>
  !text.isWellFormed() || (text.includes('\\u') && /\\u[dD][89a-fA-F]/.test(text))

const isHalved = (text: string): boolean => !text.isWellFormed()

/**
 * A text that Unicode knows: half of a surrogate pair is no character, UTF-8 has no bytes for it, and as an escape in
 * JSON it makes strict readers give up the whole page (RFC 8259, 8.2). Each half becomes U+FFFD, in a text and in all
 * texts and names of fields inside a value, at any depth; the value is altered where it stands. Bytes are left alone.
 */
export function makeWellFormed<T>(value: T): T
export function makeWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  // A list of what is left to do, for a value may be nested deeper than calls may be.
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

/** Of names that become the same the last one stays, as of any name that stands twice in JSON. */
function renameFields(object: object): void {
  const fields = Object.entries(object)
  for (const [name] of fields) Reflect.deleteProperty(object, name)
  for (const [name, value] of fields) define(object, name.toWellFormed(), value)
}

/** Assigning would not do for a field named `__proto__`. */
const define = (object: object, name: string, value: unknown): boolean =>
  Reflect.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })

/** Parses JSON in which every text is then well-formed; nearly all texts need no second look. Throws SyntaxError. */
export function parseWellFormed(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return mayBeHalved(text) ? makeWellFormed(value) : value
}

/** Escapes of halves, or of a whole pair; one behind an odd number of backslashes is only such letters. */
const escapes = /(?<!\\)((?:\\\\)*)\\u(d[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|d[89a-f][\da-f]{2})/gi

/**
 * JSON text that JSON.stringify made of a value with halves of pairs in it, as releases that took them stored it, made
 * well-formed without being parsed. Nearly all is answered as it is.
 */
export function wellFormedJson(text: string): string {
  if (!text.includes('\\ud')) return text
  return text.replace(escapes, (whole, before: string, units: string) => (units.length > 4 ? whole : `${before}\ufffd`))
}
