import assert from 'node:assert/strict'
import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { nginxMissing, startFileServer } from '../../../../../../test/harness/proxies/nginx.ts'
import { temporaryFolder } from '../../../../../../test/harness/server.ts'
import { defineRoutes, implementRoutes } from '../../../core/route.ts'
import { serve } from '../../testing/http.ts'

const modified = Date.UTC(2026, 0, 2, 3, 4, 5)
const at = (seconds: number) => new Date(modified + seconds * 1000).toUTCString()
const whole = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251))

const contracts = defineRoutes({
  'trial.file': {
    ...{ summary: 'A file', method: 'GET', path: '/film.bin', input: z.object({}), takes: { as: 'nothing' } },
    ...{ answers: { status: 200, types: ['*'], ranges: true }, caller: 'anyone', scope: 'files:read', limit: 'read' },
    errors: [],
  },
})

type Headers = Readonly<Record<string, string>>
type Asked = { method: 'GET' | 'HEAD'; headers: Headers }
type Got = {
  status: number
  range: string | undefined
  length: string | undefined
  type: string | undefined
  body: Buffer
}

async function ask(base: string, { method, headers }: Asked): Promise<Got> {
  const sent = request(`${base}/film.bin`, { method, headers, agent: false }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  const { statusCode: status = 0, headers: got } = answer
  const named = { range: got['content-range'], length: got['content-length'], type: got['content-type'] }
  return { status, ...named, body: Buffer.concat(chunks) }
}

/** What must be equal. Texts of errors are the server's own, and so are the boundaries of parts. */
function comparable({ status, range, length, type = '', body }: Got, { method }: Asked): unknown {
  if (status >= 400) return { status, range }
  const [, boundary] = /boundary=(\S+)/.exec(type) ?? []
  if (boundary === undefined)
    return { status, range, length: status === 304 ? undefined : length, body: body.toString('latin1') }
  assert.ok(method === 'HEAD' || length === String(body.length))
  return { status, range, body: body.toString('latin1').replaceAll(boundary, 'BOUNDARY') }
}

const ranges = [
  ...['bytes=0-', 'bytes=0-0', 'bytes=999-', 'bytes=999-999', 'bytes=1000-', 'bytes=100-199', 'bytes=900-5000'],
  ...['bytes=-1', 'bytes=-0', 'bytes=-1000', 'bytes=-5000', 'bytes=2000-3000', 'bytes=5-2', 'BYTES=1-2', 'bytes=1-1,'],
  ...['bytes=0-0,-1', 'bytes=0-1,4-5', 'bytes=4-5,0-1', 'bytes=0-9,5-14', 'bytes=0-1,2000-', 'bytes=2000-,3000-'],
  ...['bytes=0-,0-', 'bytes=0-999,0-0', 'bytes= 0 - 1 , 4 - 5 ', 'bytes=0-1,5-2', 'bytes=,0-1', 'bytes=0-1,,4-5'],
  ...['bytes=', 'bytes=-', 'bytes=abc', 'bytes=1', 'bytes=1-2x', 'bytes=1-2-3', 'bytes=0x1-2', 'bytes=1.5-2', 'bytes'],
  ...['bytes =0-1', 'items=0-5', 'bytes:0-5', 'bytes=1-99999999999999999999', 'bytes=99999999999999999999-'],
  ...['bytes=-99999999999999999999', `bytes=${Array.from({ length: 16 }, (_, n) => `${n * 2}-${n * 2}`).join()}`],
  `bytes=${Array.from({ length: 17 }, (_, n) => `${n * 2}-${n * 2}`).join()}`,
]

/** Each header alone, and each pair of conditions. `tag` stands for the file's own. */
function conditions(tag: string): Headers[] {
  const values: Readonly<Record<string, readonly string[]>> = {
    'if-match': [tag, `W/${tag}`, '"other"', `"other", ${tag}`, '*', 'tag', '""'],
    'if-none-match': [tag, `W/${tag}`, '"other"', `"other",${tag}`, '*', 'tag', '""'],
    'if-modified-since': [at(0), at(-1), at(1), 'no date', '2099-01-01', 'Friday, 02-Jan-26 03:04:05 GMT'],
    'if-unmodified-since': [at(0), at(-1), at(1), 'no date', 'Fri Jan  2 03:04:05 2026'],
  }
  const each = Object.entries(values).flatMap(([name, all]) => all.map((value) => ({ name, value })))
  const pairs = each.flatMap((one) =>
    each.filter(({ name }) => name > one.name).map((other) => ({ [one.name]: one.value, [other.name]: other.value })),
  )
  return [{}, ...each.map(({ name, value }) => ({ [name]: value })), ...pairs]
}

const ifRanges = (tag: string) => [tag, `W/${tag}`, '"other"', at(0), at(-1), at(1), 'no date', '""', 'tag']

/** Where RFC 9110 says otherwise than nginx does: the table under RR4 in README.md. Each must be met by some request. */
const isDifferent: Readonly<Record<string, (asked: Asked) => boolean>> = {
  'HEAD with Range': ({ method, headers }) => method === 'HEAD' && headers['range'] !== undefined,
  'If-Modified-Since later than the file': ({ headers }) => headers['if-modified-since'] === at(1),
  'If-Modified-Since beside If-None-Match': ({ headers }) =>
    headers['if-modified-since'] !== undefined && headers['if-none-match'] !== undefined,
  'If-Unmodified-Since beside If-Match': ({ headers }) =>
    headers['if-unmodified-since'] !== undefined && headers['if-match'] !== undefined,
  'If-Unmodified-Since that is no date': ({ headers }) => headers['if-unmodified-since'] === 'no date',
  'a list with empty elements': ({ headers }) => /=,|,,|,$/.test(headers['range'] ?? ''),
  'a number beyond 64 bits': ({ headers }) => /\d{19}/.test(headers['range'] ?? ''),
  'over 16 ranges': ({ headers }) => (headers['range'] ?? '').split(',').length > 16,
}

test('[RR4] ranges and conditions are answered as nginx answers them on the same file, except where RFC 9110 says otherwise', {
  skip: nginxMissing,
}, async (t) => {
  await using folder = await temporaryFolder()
  writeFileSync(join(folder.path, 'film.bin'), whole)
  utimesSync(join(folder.path, 'film.bin'), modified / 1000, modified / 1000)
  await using nginx = await startFileServer(folder.path)
  const etag = (await fetch(`${nginx.url}/film.bin`)).headers.get('etag') ?? ''
  assert.match(etag, /^"/)
  const routes = implementRoutes(contracts, {
    'trial.file': {
      allow: () => true,
      run: () => ({
        blob: {
          ...{ size: whole.length, type: 'application/octet-stream', etag, modified },
          async *open({ first, last }) {
            yield whole.subarray(first, last + 1)
          },
        },
      }),
    },
  })
  const { base } = await serve(t, { routes })
  const both = (headers: Headers): Asked[] => [
    { method: 'GET', headers },
    { method: 'HEAD', headers },
  ]
  const parts = [
    ...ranges.slice(0, 12).flatMap((range) => ifRanges(etag).map((given) => ({ range, 'if-range': given }))),
    ...conditions(etag).map((headers) => ({ ...headers, range: 'bytes=1-2' })),
  ]
  const wholes = [...conditions(etag), ...ifRanges(etag).map((given) => ({ 'if-range': given }))]
  const asked: Asked[] = [
    ...[...ranges.map((range) => ({ range })), ...wholes].flatMap(both),
    ...parts.map((headers): Asked => ({ method: 'GET', headers })),
  ]
  const met = new Set<string>()
  for (const each of asked) {
    const [theirs, ours] = await Promise.all([ask(nginx.url, each), ask(base, each)])
    const names = Object.entries(isDifferent).flatMap(([name, is]) => (is(each) ? [name] : []))
    const [one, other] = [comparable(theirs, each), comparable(ours, each)]
    const isEqual = JSON.stringify(one) === JSON.stringify(other)
    if (!isEqual) for (const name of names) met.add(name)
    if (names.length === 0) assert.deepEqual(other, one, JSON.stringify(each))
  }
  assert.deepEqual([...met].toSorted(), Object.keys(isDifferent).toSorted())
})
