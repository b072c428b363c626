import { ConfigError } from './config-error.ts'

const utf16Bom = /^(\xff\xfe|\xfe\xff)/

/**
 * The text of a settings file without its byte order mark. Throws if it is not UTF-8, which would silently lose
 * settings.
 */
export function textOf(bytes: Uint8Array, file: string): string {
  const start = Buffer.from(bytes.subarray(0, 2)).toString('latin1')
  if (utf16Bom.test(start) || bytes.includes(0))
    throw new ConfigError(
      `${file} is not UTF-8 but looks like UTF-16: save it as UTF-8 (in PowerShell with Set-Content -Encoding utf8).`,
    )
  const text = decoded(bytes)
  if (text !== null) return text
  throw new ConfigError(`${file}, line ${brokenLine(bytes)}, is not UTF-8: save the file as UTF-8.`)
}

/** Without the byte order mark; null if it is not UTF-8. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The first line with invalid UTF-8. A line break never occurs inside a multi-byte character. */
function brokenLine(bytes: Uint8Array): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start)
    const next = end === -1 ? bytes.length : end + 1
    if (decoded(bytes.subarray(start, next)) === null) break
    start = next
  }
  return line
}
