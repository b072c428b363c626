import { hash } from 'node:crypto'

/** Grows when the same input would get another hash: what was hashed before is then taken for the same. */
const version = '1'

/**
 * What tells one content from another under the same `client_id` or key: a hash of parsed input whose fields stand in
 * order, those without a value left out, so that it is the same through every door.
 */
export function contentHash(input: object): string {
  return `${version}:${hash('sha256', JSON.stringify(input, inOrder), 'base64url').slice(0, 22)}`
}

/** Whether both may be of one content; where there is no hash, or one of another version, that cannot be denied. */
export function isSameContent(known: string | null, given: string | null): boolean {
  if (known === null || given === null || known === given) return true
  return known.split(':', 1)[0] !== given.split(':', 1)[0]
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
