/** An address, read against `base`; null if it is none. `URL.parse` does the same, in newer browsers than [W4] asks for. */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
