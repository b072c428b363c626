import type { ByteRange } from '../../../core/route.ts'

/** What a client asks for in headers, as Node gives them. */
export type RangeHeaders = {
  readonly range?: string | undefined
  readonly 'if-range'?: string | undefined
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
  readonly 'if-modified-since'?: string | undefined
  readonly 'if-unmodified-since'?: string | undefined
}

/** Size in bytes, strong entity tag with its quotes, and the time of the last change in ms (null: not known). */
export type Selected = { readonly size: number; readonly etag: string; readonly modified: number | null }

/** The answer's status, with the parts of a 206. */
export type Selection =
  | { readonly status: 200 }
  | { readonly status: 304 }
  | { readonly status: 412 }
  | { readonly status: 416 }
  | { readonly status: 206; readonly ranges: readonly [ByteRange, ...ByteRange[]] }

/**
 * Parts of one answer at most. More, or parts that together are longer than the whole, are answered with the whole, as
 * RFC 9110 (14.2) allows: nobody who plays or resumes a file asks for them.
 */
const mostRanges = 16

/**
 * What to answer, by RFC 9110: first the conditions in the order of 13.2.2, then the range (14.2), which only GET has. A
 * range that is no range is 416; an unknown unit is ignored.
 */
export function select(method: string, headers: RangeHeaders, selected: Selected): Selection {
  const { etag, size } = selected
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'], etag, 'strong')) return { status: 412 }
  } else if (isAfter(selected.modified, headers['if-unmodified-since'])) return { status: 412 }
  if (headers['if-none-match'] !== undefined) {
    if (matches(headers['if-none-match'], etag, 'weak')) return { status: 304 }
  } else if (isUnmodified(selected.modified, headers['if-modified-since'])) return { status: 304 }
  if (method !== 'GET' || headers.range === undefined || !isSame(selected, headers['if-range'])) return { status: 200 }
  return rangesOf(headers.range, size)
}

/** `*`, or a list of entity tags; by the strong comparison a weak tag matches nothing (RFC 9110, 8.8.3.2). */
function matches(given: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (given.trim() === '*') return true
  const tags = given.match(/(?:W\/)?"[^"]*"/g) ?? []
  return tags.some((tag) => tag === etag || (comparison === 'weak' && tag === `W/${etag}`))
}

/** The forms of an HTTP-date (RFC 9110, 5.6.7); the last of them does not say its zone. */
const dates = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
]

/** Times in headers are whole seconds; one that cannot be read is no condition (RFC 9110, 13.1.3 and 13.1.4). */
function secondsOf(given = ''): number | null {
  const date = given.trim()
  if (!dates.some((form) => form.test(date))) return null
  const ms = Date.parse(date.endsWith('GMT') ? date : `${date} GMT`)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}

function isAfter(modified: number | null, date: string | undefined): boolean {
  const since = secondsOf(date)
  return modified !== null && since !== null && Math.floor(modified / 1000) > since
}

function isUnmodified(modified: number | null, date: string | undefined): boolean {
  const since = secondsOf(date)
  return modified !== null && since !== null && Math.floor(modified / 1000) <= since
}

/** Whether the client has a part of the same bytes: by strong tag or by the exact time (RFC 9110, 13.1.5). */
function isSame({ etag, modified }: Selected, ifRange: string | undefined): boolean {
  if (ifRange === undefined) return true
  if (/^(?:W\/)?"/.test(ifRange.trim())) return ifRange.trim() === etag
  return modified !== null && secondsOf(ifRange) === Math.floor(modified / 1000)
}

function rangesOf(header: string, size: number): Selection {
  const sets = /^bytes=(.*)$/is.exec(header)?.[1]
  if (sets === undefined || sets.trim() === '') return { status: 200 }
  const found: ByteRange[] = []
  let total = 0
  for (const set of sets.split(',')) {
    // Empty elements of a list are nothing (RFC 9110, 5.6.1.2).
    if (set.trim() === '') continue
    const [, first = '', last = ''] = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(set) ?? []
    if (first === '' && last === '') return { status: 416 }
    // A number may be larger than any file (RFC 9110, 14.1.2).
    const range = first === '' ? suffix(Number(last), size) : { first: Number(first), last: lastOf(last, size) }
    if (range.first > range.last) continue
    found.push(range)
    total += range.last - range.first + 1
  }
  const [one, ...others] = found
  if (one === undefined) return { status: 416 }
  if (found.length > mostRanges || total > size) return { status: 200 }
  return { status: 206, ranges: [one, ...others] }
}

const suffix = (length: number, size: number): ByteRange => ({ first: Math.max(0, size - length), last: size - 1 })

const lastOf = (last: string, size: number): number => (last === '' ? size - 1 : Math.min(Number(last), size - 1))
