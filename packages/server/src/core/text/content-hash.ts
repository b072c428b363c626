import { hash } from 'node:crypto'

/** To be raised when the same input would get another hash: hashes of earlier versions then count as the same content. */
const version = '1'

/**
 * Distinguishes contents under the same `client_id` or key: a hash of the parsed input, with its fields in a fixed
 * order, those without a value left out, so that it is the same through every door.
 */
export function contentHash(input: object): string {
  return `${version}:${hash('sha256', JSON.stringify(input, inOrder), 'base64url').slice(0, 22)}`
}

/** Whether both may belong to the same content; without a hash, or with one of another version, true. */
export function isSameContent(known: string | null, given: string | null): boolean {
  if (known === null || given === null || known === given) return true
  return known.split(':', 1)[0] !== given.split(':', 1)[0]
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
