/**
 * Parses an address, relative to `base`; null if it is invalid. As `URL.parse`, which not all browsers of [W4] have.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
