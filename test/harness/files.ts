import type { Guest } from './rest.ts'
import type { JsonObject } from './wire.ts'

/** A file on the wire, as tests look at it. */
export type SentFile = {
  id: string
  url: string
  name: string
  mime_type: string
  kind: string
  state: string
  size: number
  width: number | null
  height: number | null
  renditions: readonly { name: string; url: string }[]
} & JsonObject

export type SendOptions = { name?: string; fields?: Readonly<Record<string, string>>; type?: string }

/** Sends a file as a form. */
export async function sendFile(
  url: string,
  by: Guest | null,
  bytes: Uint8Array | string,
  { name = 'a.bin', fields = {}, type = 'text/html' }: SendOptions = {},
) {
  const body = new FormData()
  for (const [field, value] of Object.entries(fields)) body.append(field, value)
  body.append('file', new Blob([Buffer.from(bytes)], { type }), name)
  const headers: Record<string, string> = by ? { authorization: `Bearer ${by.token}` } : {}
  const answer = await fetch(`${url}/api/files`, { method: 'POST', body, headers })
  const found: SentFile & { code?: string } = JSON.parse(await answer.text())
  return { status: answer.status, body: found }
}

/** The same, which must succeed. */
export async function sentFile(url: string, by: Guest, bytes: Uint8Array | string, options?: SendOptions) {
  const { status, body } = await sendFile(url, by, bytes, options)
  if (status !== 201) throw new Error(`Sending a file answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Gets a path of the server, by a login or by what the path itself allows. */
export const getFile = (url: string, path: string, by: Guest | null = null, headers: Record<string, string> = {}) =>
  fetch(url + path, { headers: { ...headers, ...(by ? { authorization: `Bearer ${by.token}` } : {}) } })
