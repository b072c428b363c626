/**
 * The bytes of base64url without padding (RFC 4648, 5), or null. A secret has one spelling only: padding, letters of the
 * other alphabet, anything behind it, and a last character whose unused bits are set are refused (RFC 4648, 3.5), for
 * `Buffer.from` skips them all in silence.
 */
export function bytesOfBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}
