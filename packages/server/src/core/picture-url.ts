import { z } from 'zod'

/**
 * Where a picture of a person or a room is, as a path on this server: anybody may read it who knows it, and nobody guesses its
 * id, which is 128 random bits. Another picture has another id.
 */
export const pictureUrl = (id: string): string => `/api/pictures/${id}`

const form = /^\/api\/pictures\/[\w-]{22}$/

/** The address, if it leads to a picture of this server; null for one elsewhere, which would tell that server who looks at it. */
export const ownPicture = (url: string | null): string | null => (url !== null && form.test(url) ? url : null)

export const pictureId = (url: string): string => url.slice(pictureUrl('').length)

/** The address on the wire; null: there is none. */
export const pictureAddress = z
  .string()
  .nullable()
  .describe('A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller copy.')
