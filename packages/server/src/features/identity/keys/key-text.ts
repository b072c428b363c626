import { createHash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Letters of the secret: 62 to the power of 43 is more than 256 bits. */
const secretLength = 43
const checksumLength = 6
/** Begins every key, so that people and scanners of leaked secrets recognize one. */
export const keyStart = 'prl_'
/** Letters of the secret that lists show: the other 39 keep 232 bits. */
const shownLength = 4

const form = new RegExp(`^${keyStart}([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`)

/** A new key (rule AK1). */
export function newKey(): string {
  let secret = ''
  for (let at = 0; at < secretLength; at += 1) secret += letters.charAt(randomInt(letters.length))
  return keyStart + secret + checksum(secret)
}

/** Whether the text has the form of a key and its checksum: others are refused without a look at the database. */
export function isKeyText(text: string): boolean {
  const [, secret = '', given] = form.exec(text) ?? []
  return given !== undefined && given === checksum(secret)
}

/** The beginning of a key that lists show. */
export const prefixOf = (key: string): string => key.slice(0, keyStart.length + shownLength)

/**
 * What is stored of a key. A fast hash is right here: a random secret of 256 bits cannot be found by trying, however fast, and
 * a slow one would have to be computed with every call of a key that is not cached.
 */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('base64url')

/** CRC-32 of the secret in base 62, as in the tokens of GitHub: scanners check it without asking the server. */
function checksum(secret: string): string {
  let rest = crc32(secret)
  let text = ''
  for (let at = 0; at < checksumLength; at += 1) {
    text = letters.charAt(rest % letters.length) + text
    rest = Math.floor(rest / letters.length)
  }
  return text
}
