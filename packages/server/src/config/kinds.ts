import { isIP } from 'node:net'

/** A kind of value: words that complete the sentence "X must be …", and a parser. */
export type Kind<T> = {
  words: string
  /** Returns undefined for an invalid value. The text is trimmed and not empty. */
  parse: (text: string) => T | undefined
}

export const text: Kind<string> = { words: 'text', parse: (value) => value }

export const flag: Kind<boolean> = {
  words: 'true or false (also 1 or 0, yes or no)',
  parse(value) {
    if (/^(1|true|yes)$/i.test(value)) return true
    return /^(0|false|no)$/i.test(value) ? false : undefined
  },
}

export function integer(min: number, max: number): Kind<number> {
  return {
    words: `a whole number from ${min} to ${max}`,
    parse(value) {
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
      return number >= min && number <= max ? number : undefined
    },
  }
}

export const factor: Kind<number> = {
  words: 'a number, 0 or more',
  parse: (value) => (/^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined),
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    words: `one of ${values.join(', ')}`,
    parse: (value) => values.find((one) => one === value.toLowerCase()),
  }
}

/** An http or https address without a trailing slash; a path may follow the host. */
export const webAddress: Kind<string> = {
  words: 'an address like https://parlor.example.org, without user, query or fragment',
  parse(value) {
    if (!/^https?:\/\//i.test(value)) return undefined
    const url = URL.parse(value)
    if (!url || url.username || url.password || url.search || url.hash) return undefined
    return url.href.replace(/\/+$/, '')
  },
}

/** `*` means every origin, as a port any port, and `file://*` pages opened from disk. */
export const origins: Kind<readonly string[]> = {
  words: 'a comma-separated list of origins like https://app.example.org, http://localhost:* or file://*',
  parse(value) {
    const list = items(value).map((item) => item.replace(/\/$/, ''))
    const isOrigin = (item: string) =>
      item === '*' || item === 'file://*' || /^[a-z][a-z\d+.-]*:\/\/[^\s/*?#@]+(:\*)?$/i.test(item)
    return list.length > 0 && list.every(isOrigin) ? list : undefined
  },
}

/** Proxies whose X-Forwarded-* headers are trusted, in proxy-addr's format. */
export const proxies: Kind<readonly string[]> = {
  words:
    'true, false, or a comma-separated list of addresses and networks (loopback, linklocal, uniquelocal, 10.0.0.0/8)',
  parse(value) {
    const everyone = flag.parse(value)
    if (everyone !== undefined) return everyone ? ['0.0.0.0/0', '::/0'] : []
    const list = items(value)
    return list.length > 0 && list.every(isNetwork) ? list : undefined
  },
}

export const secrets: Kind<readonly string[]> = {
  words: 'a comma-separated list of secrets',
  parse: items,
}

function isNetwork(item: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(item)) return true
  const [address = '', bits, ...rest] = item.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

function items(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
