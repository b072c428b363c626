import { z } from 'zod'
import { defineActions, plainText } from '../../core/contract.ts'
import { defineRoutes } from '../../core/route.ts'
import { roomErrors } from '../../room/errors.ts'
import { roomId } from '../rooms/contract.ts'
import { uploadErrors } from './errors.ts'
import { uploadRates } from './limits.ts'
import { mostFileBytes } from './settings.ts'

export { uploadErrors } from './errors.ts'
export { carriedFile, type CarriedFile } from './store/state.ts'

/** Bytes by which a form may be longer than its file. */
export const formBytes = 1024 * 1024

/** What links to files are to (rule LK1 of the core). */
export const linkTo = 'file'

const { banned, not_a_member, room_closed, sent_out } = roomErrors
const { file_not_ready, quota_exceeded } = uploadErrors

const size = z.int()
const pixels = z.int().nullable()
const url = z.string().describe('A path on this server, which is signed and leads to the bytes for 24 h.')

/** A file as clients see it (rule UP1). */
export const shownFile = z
  .object({
    id: z.string(),
    url,
    name: z.string(),
    mime_type: z.string().describe('As found in the bytes.'),
    kind: z.enum(['image', 'audio', 'video', 'file']),
    state: z.enum(['uploading', 'processing', 'ready']),
    size: size.describe('Bytes.'),
    width: pixels,
    height: pixels,
    duration: z.number().nullable().describe('Seconds.'),
    waveform: z.array(z.number()).readonly().nullable().describe('100 peaks from 0 to 1.'),
    placeholder: z.string().nullable().describe('A tiny copy of an image, as a data URI.'),
    alt: z.string().nullable().describe('What it shows, for those who do not see it.'),
    renditions: z
      .array(z.object({ name: z.string(), url, mime_type: z.string(), width: z.int(), height: z.int(), size }))
      .readonly()
      .describe('Smaller copies of an image, named by their longer edge.'),
  })
  .meta({ title: 'StoredFile' })
export type ShownFile = z.infer<typeof shownFile>

const id = plainText(64)
export const altText = plainText(1_000, { trim: true })
/** Rule UP19. */
export const saidWaveform = z
  .array(z.number().min(0).max(1))
  .length(100)
  .transform((heights) => heights.map((height) => Math.round(height * 1000) / 1000))
const byId = z.object({ id })
const refusals = ['not_found', 'too_large', 'unsupported_type', quota_exceeded] as const
const toRoom = [not_a_member, room_closed, banned, sent_out] as const

export const uploadActions = defineActions({
  'uploads.describe': {
    summary: 'Changes what is said about a file that is not attached yet.',
    input: byId.extend({ alt: altText.nullish(), name: plainText(255).nullish() }),
    output: shownFile,
    http: [{ method: 'PATCH', path: '/api/files/:id' }],
    caller: 'user',
    scope: 'files:write',
    findsRoom: true,
    limit: 'write',
    errors: ['not_found', 'conflict'],
  },
  'uploads.delete': {
    summary: 'Deletes a file that is not attached yet.',
    input: byId,
    output: z.object({}),
    http: [{ method: 'DELETE', path: '/api/files/:id' }],
    caller: 'user',
    scope: 'files:write',
    findsRoom: true,
    limit: 'write',
    errors: ['not_found', 'conflict'],
  },
})

const serves = {
  method: 'GET',
  takes: { as: 'nothing' },
  answers: { status: 200, types: ['*'], ranges: true },
  caller: 'anyone',
  scope: 'files:read',
  findsRoom: true,
  link: { to: linkTo, id: 'id' },
  limit: uploadRates.file,
  errors: ['not_found', 'not_authenticated', not_a_member, banned, sent_out, file_not_ready],
} as const

const tus = {
  caller: 'user',
  scope: 'files:write',
  headers: { 'tus-resumable': '1.0.0' },
  takes: { as: 'nothing' },
  limit: uploadRates.upload_part,
} as const

const ofUpload = { ...tus, findsRoom: true } as const

export const uploadRoutes = defineRoutes({
  'uploads.send': {
    summary: 'Sends a file.',
    method: 'POST',
    path: '/api/files',
    input: z.object({}),
    takes: {
      as: 'form',
      file: 'file',
      fields: z.object({
        room_id: roomId.optional().describe('The room that it is for; without one it may be attached in any.'),
        alt: altText.optional(),
      }),
      most: mostFileBytes + formBytes,
    },
    answers: { status: 201, json: shownFile },
    caller: 'user',
    scope: 'files:write',
    findsRoom: true,
    limit: uploadRates.upload,
    errors: [...refusals, ...toRoom],
  },
  'uploads.read': { ...serves, summary: 'The bytes of a file.', path: '/api/files/:id', input: byId },
  'uploads.readRendition': {
    ...serves,
    summary: 'The bytes of a smaller copy.',
    path: '/api/files/:id/:rendition',
    input: byId.extend({ rendition: plainText(16) }),
  },
  'uploads.options': {
    ...tus,
    summary: 'What is spoken of tus, the protocol of resumable uploads.',
    method: 'OPTIONS',
    path: '/api/uploads',
    input: z.object({}),
    caller: 'anyone',
    scope: 'any',
    roomless: true,
    answers: { status: 204 },
    errors: [],
  },
  'uploads.create': {
    ...ofUpload,
    summary: 'Begins a resumable upload (tus 1.0).',
    method: 'POST',
    path: '/api/uploads',
    input: z.object({}),
    answers: { status: 201, json: shownFile },
    limit: uploadRates.upload,
    errors: [...refusals, ...toRoom, 'precondition_failed'],
  },
  'uploads.status': {
    ...ofUpload,
    summary: 'The file of a resumable upload; how much of it has come is in the headers, also of HEAD.',
    method: 'GET',
    path: '/api/uploads/:id',
    input: byId,
    answers: { status: 200, json: shownFile },
    errors: [...refusals, 'precondition_failed'],
  },
  'uploads.continue': {
    ...ofUpload,
    summary: 'Continues a resumable upload.',
    method: 'PATCH',
    path: '/api/uploads/:id',
    input: byId,
    takes: { as: 'stream', types: ['application/offset+octet-stream'], most: mostFileBytes },
    answers: { status: 204 },
    errors: [...refusals, 'conflict', 'precondition_failed'],
  },
  'uploads.end': {
    ...ofUpload,
    summary: 'Ends a resumable upload, and forgets what has come of it.',
    method: 'DELETE',
    path: '/api/uploads/:id',
    input: byId,
    answers: { status: 204 },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  },
})
