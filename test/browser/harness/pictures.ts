import type { Guest } from '../../harness/rest.ts'

/** Sends the picture of a person or a room. */
export async function sendPicture(
  url: string,
  by: Guest,
  method: 'POST' | 'PUT',
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const body = new FormData()
  body.append('file', new Blob([Buffer.from(bytes)]), 'a.png')
  const answer = await fetch(url + path, { method, body, headers: { authorization: `Bearer ${by.token}` } })
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
}
