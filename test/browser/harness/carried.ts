import { sentFile } from '../../harness/files.ts'
import { type Guest, ok, signInGuest } from '../../harness/rest.ts'

export type Carried = { name: string; bytes: Uint8Array | string; alt?: string }

/** A new member of an open room. */
export async function memberOf(url: string, room_id: string, name: string): Promise<Guest> {
  const guest = await signInGuest(url, name)
  await ok(url, 'POST', `/api/rooms/${room_id}/join`, { token: guest.token, body: {} })
  return guest
}

/** Sends one message that carries these files. */
export async function sendCarrying(url: string, by: Guest, room_id: string, files: readonly Carried[], content = '') {
  const file_ids: string[] = []
  for (const { name, bytes, alt } of files) {
    const { id } = await sentFile(url, by, bytes, { name, fields: { room_id, ...(alt === undefined ? {} : { alt }) } })
    file_ids.push(id)
  }
  await ok(url, 'POST', `/api/rooms/${room_id}/messages`, { token: by.token, body: { content, file_ids } })
}
