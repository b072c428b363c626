/** The cost parameters of argon2id; memory in KiB. */
export type Argon2Cost = { memory: number; passes: number; parallelism: number }
export type Argon2Hash = { cost: Argon2Cost; salt: Buffer; tag: Buffer }

const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/-]{11,86})\$([\w+/-]{11,86})$/

/** The PHC string of an argon2id hash, version 1.3 (RFC 9106): base64 without padding, the parameters in this order. */
export function encodeHash({ cost: { memory, passes, parallelism }, salt, tag }: Argon2Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** null when the text is not such a string, or has parameters that argon2 does not allow. */
export function decodeHash(text: string): Argon2Hash | null {
  const [whole, memory, passes, parallelism, salt = '', tag = ''] = form.exec(text) ?? []
  if (whole === undefined) return null
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  if (cost.passes < 1 || cost.parallelism < 1 || cost.memory < 8 * cost.parallelism) return null
  return { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') }
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
