import { parse, send } from './connection/http.ts'
import type { Parlor } from './types.ts'

/** Timeout in ms: the server looks at images one after another. */
const patience = 60_000

/**
 * Gives the user this image as their picture: JPEG, PNG, WebP, GIF or AVIF of at most 16 MiB, of which the middle square is kept.
 * `parlor.auth.updateMe({ avatar_url: null })` takes it away. Rejects with ParlorError: `unsupported_type`, `too_large`,
 * `quota_exceeded`, `rate_limited` …
 */
export async function setAvatar(parlor: Parlor, image: Blob): Promise<void> {
  await sendImage(parlor, 'POST', '/api/upload-avatar', image)
  // The picture is set, whether or not this connection hears of it now.
  await parlor.auth.reload().catch(() => undefined)
}

/**
 * Gives a room this image as its picture, in the same way. `parlor.call('pictures.removeOfRoom', { room_id })` takes it away.
 */
export async function setRoomPicture(parlor: Parlor, room_id: string, image: Blob): Promise<void> {
  await sendImage(parlor, 'PUT', `/api/rooms/${encodeURIComponent(room_id)}/picture`, image)
}

const sendImage = (parlor: Parlor, method: string, path: string, image: Blob): Promise<unknown> =>
  parlor.withToken(async (url, token) => {
    const body = new FormData()
    body.append('file', image)
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
    const signal = AbortSignal.timeout(patience)
    const { status, text } = await send(url + path, { method, body, headers, signal, credentials: 'omit' })
    return parse(text, status)
  })
