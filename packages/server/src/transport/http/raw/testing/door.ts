import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { z } from 'zod'
import { type Bytes, defineRoutes, implementRoutes } from '../../../../core/route.ts'
import { bodyOf, serve } from '../../../testing/http.ts'

export const mib = 1024 * 1024
export const whole = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 251))
export const etag = '"v1"'
export const modified = Date.UTC(2026, 0, 2, 3, 4, 5)

const contracts = defineRoutes({
  'trial.file': {
    summary: 'A file',
    method: 'GET',
    path: '/api/trial/file/:name',
    input: z.object({ name: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 200, types: ['*'], ranges: true },
    caller: 'anyone',
    scope: 'files:read',
    limit: 'read',
    errors: ['not_found'],
  },
  'trial.shared': {
    summary: 'A file that its room sees',
    method: 'GET',
    path: '/api/trial/shared/:name',
    input: z.object({ name: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 200, json: z.object({ by: z.string() }) },
    caller: 'user',
    scope: 'files:read',
    link: { to: 'file', id: 'name' },
    limit: 'read',
    errors: ['not_found'],
  },
  'trial.hook': {
    summary: 'Raw bytes, whole',
    method: 'POST',
    path: '/api/trial/hook',
    input: z.object({ times: z.coerce.number().int().max(3).optional() }),
    takes: { as: 'bytes', types: ['application/json', 'text/plain'], most: 100 },
    answers: { status: 201, json: z.object({ text: z.string() }) },
    caller: 'anyone',
    scope: 'files:read',
    limit: 'write',
    errors: [],
  },
  'trial.upload': {
    summary: 'A stream',
    method: 'POST',
    path: '/api/trial/upload/:to',
    input: z.object({ to: z.string() }),
    takes: { as: 'stream', types: ['*'], most: 8 * mib },
    answers: { status: 200, json: z.object({ bytes: z.number(), hash: z.string() }) },
    caller: 'user',
    scope: 'files:read',
    limit: 'write',
    errors: ['forbidden'],
  },
  'trial.live': {
    summary: 'Bytes that never end',
    method: 'GET',
    path: '/api/trial/live',
    input: z.object({}),
    takes: { as: 'nothing' },
    answers: { status: 200, types: ['application/octet-stream'] },
    caller: 'anyone',
    scope: 'files:read',
    limit: 'write',
    errors: [],
  },
  'trial.form': {
    summary: 'A form',
    method: 'POST',
    path: '/api/trial/form',
    input: z.object({}),
    takes: { as: 'form', file: 'file', fields: z.object({ times: z.coerce.number().int().max(3) }), most: mib },
    answers: { status: 201, json: z.object({}) },
    caller: 'user',
    scope: 'files:write',
    limit: 'write',
    errors: [],
    headers: { 'x-trial': '1' },
  },
  'trial.options': {
    summary: 'What it can',
    method: 'OPTIONS',
    path: '/api/trial/form',
    input: z.object({}),
    takes: { as: 'nothing' },
    answers: { status: 204 },
    caller: 'anyone',
    scope: 'files:write',
    limit: 'write',
    errors: [],
    headers: { 'x-trial': '1' },
  },
  'trial.none': {
    summary: 'Nothing',
    method: 'DELETE',
    path: '/api/trial/file/:name',
    input: z.object({ name: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 204 },
    caller: 'user',
    scope: 'files:read',
    limit: 'write',
    errors: [],
  },
})

type Options = Parameters<typeof serve>[1]

/** A door with these routes; `seen` holds what their handlers noticed, and `file` what `trial.file` answers. */
export async function open(t: TestContext, options: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-raw-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'file')
  await writeFile(path, whole)
  const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const seen = { uploads: [] as string[], made: 0, began, ended }
  const empty: Bytes = { async *[Symbol.asyncIterator]() {} }
  const routes = implementRoutes(contracts, {
    'trial.file': {
      allow: (_caller, { name }) => (name === 'none' ? 'not_found' : true),
      run: ({ name }) => ({
        headers: { 'cache-control': 'private, max-age=60' },
        blob: {
          ...{ size: name === 'empty' ? 0 : whole.length, type: 'image/png', etag, modified },
          open: ({ first, last }) => (name === 'empty' ? empty : createReadStream(path, { start: first, end: last })),
        },
      }),
    },
    'trial.shared': {
      allow: (caller) => (caller.kind === 'link' && caller.room_id === 'closed' ? 'not_found' : true),
      run: (_input, caller) => ({ json: { by: caller.kind === 'link' ? caller.room_id : caller.kind } }),
    },
    'trial.hook': {
      allow: () => true,
      run: ({ times = 1 }, _caller, { body }) => ({ json: { text: Buffer.from(body).toString().repeat(times) } }),
    },
    'trial.upload': {
      allow: (_caller, { to }) => (to === 'theirs' ? 'forbidden' : true),
      async run({ to }, _caller, { body }) {
        seen.began.resolve()
        const hash = createHash('sha256')
        let bytes = 0
        try {
          for await (const chunk of body.bytes) {
            hash.update(chunk)
            bytes += chunk.length
            if (to === 'full') throw new Error('no space left')
          }
          seen.uploads.push('whole')
        } catch (error) {
          seen.uploads.push(error instanceof Error ? error.message : '')
          seen.ended.resolve()
          throw error
        }
        return { json: { bytes, hash: hash.digest('hex') } }
      },
    },
    'trial.live': {
      allow: () => true,
      run(_input, _caller, { signal }) {
        signal.addEventListener('abort', () => seen.ended.resolve())
        async function* endless(): Bytes {
          for (;;) {
            seen.made += 1
            yield Buffer.alloc(64 * 1024)
          }
        }
        return { bytes: endless(), type: 'application/octet-stream' }
      },
    },
    'trial.form': {
      allow: () => true,
      async run(_input, _caller, { body }) {
        let content = ''
        const { times } = await body.read(async ({ bytes }) => {
          for await (const chunk of bytes) content += Buffer.from(chunk).toString()
        })
        return { json: { content, times } }
      },
    },
    'trial.options': { allow: () => true, run: () => ({ none: true }) },
    'trial.none': { allow: () => true, run: () => ({ none: true }) },
  })
  return { ...(await serve(t, { ...options, routes })), seen }
}

export const codeOf = async (reply: Response) => [reply.status, (await bodyOf(reply))['code']]
