const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g
const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g

export type Neutralising = {
  /** Values that differ in each run, with their replacements. */
  names: readonly (readonly [string, string])[]
  /** Fields of which only the type is compared, at any depth. */
  differs?: readonly string[]
}

/** The value without what differs in each run: given names, ids, times and tokens. */
export function neutral(value: unknown, { names, differs = [] }: Neutralising): unknown {
  const text = JSON.stringify(value, (field, inner: unknown) =>
    differs.includes(field) && inner !== null ? `<${typeof inner}>` : inner,
  )
  if (text === undefined) return undefined
  let plain = text
  for (const [real, name] of names.toSorted(([a], [b]) => b.length - a.length)) plain = plain.replaceAll(real, name)
  return JSON.parse(plain.replace(token, 'TOKEN').replace(uuid, 'ID').replace(time, 'TIME'))
}
