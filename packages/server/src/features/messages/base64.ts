/** MIME type and parameters are ignored: what the bytes are is found in them (rule IN2). */
const prefix = /^\s*data:[^,]{0,200};base64,/i
const alphabets = /^[\w+/-]*={0,2}$/

/** The bytes of base64 as it is documented: in either alphabet, white space anywhere, with a `data:` prefix or without; null: it is none. */
export function bytesOfBase64(given: string): Uint8Array | null {
  const [before = ''] = prefix.exec(given.slice(0, 256)) ?? []
  const text = given.slice(before.length).replace(/\s+/g, '')
  // Buffer skips what is not of the alphabets instead of refusing it.
  if (!alphabets.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  // A last character by itself holds no byte.
  return text.replace(/=+$/, '').length % 4 === 1 ? null : bytes
}
