import { z } from 'zod'
import { defineActions, plainText } from '../../core/contract.ts'
import { pictureAddress } from '../../core/picture-url.ts'
import { defineRoutes } from '../../core/route.ts'
import { roomErrors } from '../../room/errors.ts'
import { roomId, roomPermissions } from '../rooms/contract.ts'
import { uploadErrors } from '../uploads/contract.ts'
import { pictureBounds } from './bounds.ts'
import { pictureRates } from './limits.ts'

const { not_a_member, room_closed, sent_out } = roomErrors
/** `conflict`: the account or the room changed while the image was worked on. */
const refusals = ['too_large', 'unsupported_type', 'conflict', uploadErrors.quota_exceeded] as const
const ofRoom = ['not_found', not_a_member, sent_out, 'forbidden', room_closed] as const

/** Bytes by which a form may be longer than its image. */
const formBytes = 64 * 1024
const form = (file: string) =>
  ({ as: 'form', file, fields: z.object({}), most: pictureBounds.picture_bytes.value + formBytes }) as const

const byRoom = z.object({ room_id: roomId })
const changed = z.object({ room_id: z.string(), picture_url: pictureAddress })
const byId = z.object({ id: plainText(64) })

export const pictureActions = defineActions({
  'pictures.removeOfRoom': {
    summary: 'Takes the picture of a room away.',
    input: byRoom,
    output: changed,
    http: [{ method: 'DELETE', path: '/api/rooms/:room_id/picture' }],
    caller: 'user',
    scope: 'rooms:write',
    limit: 'write',
    errors: ofRoom,
    permissions: [roomPermissions.settings],
  },
})

const serves = {
  method: 'GET',
  takes: { as: 'nothing' },
  answers: { status: 200, types: ['image/webp'], ranges: true },
  caller: 'anyone',
  scope: 'any',
  roomless: true,
  limit: pictureRates.picture,
  errors: ['not_found'],
} as const

export const pictureRoutes = defineRoutes({
  'pictures.setOwn': {
    summary: 'Gives the caller a picture: the image of the form, as `avatar` or `file`.',
    method: 'POST',
    path: '/api/upload-avatar',
    input: z.object({}),
    takes: form('avatar'),
    answers: { status: 200, json: z.object({ avatar_url: pictureAddress }) },
    caller: 'user',
    scope: 'none',
    limit: pictureRates.picture_change,
    errors: refusals,
  },
  'pictures.setOfRoom': {
    summary: 'Gives a room a picture: the image of the form, as `picture` or `file`.',
    method: 'PUT',
    path: '/api/rooms/:room_id/picture',
    input: byRoom,
    takes: form('picture'),
    answers: { status: 200, json: changed },
    caller: 'user',
    scope: 'rooms:write',
    limit: pictureRates.picture_change,
    errors: [...refusals, ...ofRoom],
  },
  'pictures.read': {
    ...serves,
    summary: 'The picture of a person or a room.',
    path: '/api/pictures/:id',
    input: byId,
  },
  'pictures.readSmaller': {
    ...serves,
    summary: 'A smaller copy of the picture of a person or a room.',
    path: '/api/pictures/:id/:size',
    input: byId.extend({ size: z.literal('96').describe('Pixels.') }),
  },
})
