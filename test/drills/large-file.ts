import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { residentBytes } from '../../bench/src/proc.ts'
import { ok } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { Session } from '../harness/wire.ts'
import type { Drill, Figure } from './drills.ts'

const mib = 1024 * 1024
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** The same bytes again and again: what is sent costs the sender nothing. */
const piece = Buffer.from(Array.from({ length: mib }, (_, at) => (at * 7919) % 256))

const highest = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024

/** MiB that the server takes more than before while `work` runs, at most. */
async function peakOf({ pid }: Server, work: () => Promise<unknown>): Promise<number> {
  const before = residentBytes(pid) / mib
  // proc(5): writing 5 resets the peak to the current resident size.
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  await work()
  return highest(pid) - before
}

/** Sends so many pieces of `pieceBytes` in `ms` (0: as fast as they are taken); resolves with the answer's status. */
async function sendSlowly(
  server: Server,
  {
    token,
    path,
    offset = 0,
    bytes,
    ms = 0,
  }: { token: string; path: string; offset?: number; bytes: number; ms?: number },
): Promise<number> {
  const headers = {
    ...{ authorization: `Bearer ${token}`, 'content-type': 'application/offset+octet-stream' },
    ...{ 'upload-offset': offset, 'content-length': bytes },
  }
  const answered = Promise.withResolvers<number>()
  const sent = request(server.url + path, { method: 'PATCH', headers }, (answer) => {
    answer.resume().on('end', () => answered.resolve(answer.statusCode ?? 0))
  })
  sent.on('error', answered.reject)
  const began = performance.now()
  const size = ms === 0 ? mib : Math.max(1, Math.ceil((bytes / ms) * 500))
  for (let at = 0; at < bytes; at += size) {
    const part = piece.subarray(0, Math.min(size, bytes - at, mib))
    if (!sent.write(part)) await new Promise<void>((resolve) => void sent.once('drain', resolve))
    if (ms > 0) await pause(Math.max(0, (at / bytes) * ms - (performance.now() - began)))
  }
  sent.end()
  return answered.promise
}

async function beginUpload(url: string, token: string, bytes: number): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', 'upload-length': String(bytes) }
  const answer = await fetch(`${url}/api/uploads`, { method: 'POST', headers })
  const path = answer.headers.get('location')
  if (path === null) throw new Error(`Beginning an upload answered ${answer.status}`)
  return path
}

/** Reads a file whole, pausing for so long in the middle; resolves with how many bytes came, and their hash. */
async function readWhole(url: string, token: string, pauseMs = 0): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  let isPaused = pauseMs === 0
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  for await (const chunk of answer.body ?? []) {
    hash.update(chunk)
    bytes += chunk.length
    if (isPaused) continue
    isPaused = true
    await pause(pauseMs)
  }
  return { bytes, hash: hash.digest('hex') }
}

const accountOn = async (url: string): Promise<string> => {
  const body = { username: 'Ann', email: 'ann@example.org', password: 'a long walk in the rain' }
  return (await ok<Session>(url, 'POST', '/api/auth/register', { body })).access_token
}

/** The memory that a file of this size takes on its way up and down, in MiB. */
export async function memoryOfFile(
  server: Server,
  bytes: number,
): Promise<{ up: number; down: number; isWhole: boolean }> {
  const token = await accountOn(server.url)
  // What is made once, at the first use, is made now.
  const small = await beginUpload(server.url, token, mib)
  await sendSlowly(server, { token, path: small, bytes: mib })
  await readWhole(server.url + small.replace('uploads', 'files'), token)
  await pause(500)
  const path = await beginUpload(server.url, token, bytes)
  const up = await peakOf(server, () => sendSlowly(server, { token, path, bytes }))
  let got = 0
  const down = await peakOf(server, async () => {
    got = (await readWhole(server.url + path.replace('uploads', 'files'), token)).bytes
  })
  return { up, down, isWhole: got === bytes }
}

const env = { RATE_LIMIT_FACTOR: '0' }

export const largeFile: Drill = {
  name: 'large file',
  what: 'A file of 1 GiB is sent and read again: how much more memory the server takes at most.',
  on: ['sqlite'],
  async run(): Promise<Figure[]> {
    await using server = await startServer({ env })
    const { up, down, isWhole } = await memoryOfFile(server, 1024 * mib)
    return [
      { name: 'up MiB', value: up, most: 32 },
      { name: 'down MiB', value: down, most: 32 },
      { name: 'not whole', value: isWhole ? 0 : 1, most: 0 },
    ]
  },
}

export const slowFile: Drill = {
  name: 'slow file',
  what: 'An upload that takes 90 s, and a download that pauses for 5 minutes: both come whole.',
  on: ['sqlite'],
  async run(): Promise<Figure[]> {
    await using server = await startServer({ env })
    const token = await accountOn(server.url)
    const slow = async () => {
      const path = await beginUpload(server.url, token, 2 * mib)
      const status = await sendSlowly(server, { token, path, bytes: 2 * mib, ms: 90_000 })
      const { bytes } = await readWhole(server.url + path.replace('uploads', 'files'), token)
      return status === 204 && bytes === 2 * mib
    }
    const paused = async () => {
      const path = await beginUpload(server.url, token, 64 * mib)
      await sendSlowly(server, { token, path, bytes: 64 * mib })
      const file = server.url + path.replace('uploads', 'files')
      const [once, again] = [await readWhole(file, token), await readWhole(file, token, 300_000)]
      return again.bytes === 64 * mib && again.hash === once.hash
    }
    const [isSlowWhole, isPausedWhole] = await Promise.all([slow(), paused()])
    return [
      { name: '90 s up not whole', value: isSlowWhole ? 0 : 1, most: 0 },
      { name: '5 min pause down not whole', value: isPausedWhole ? 0 : 1, most: 0 },
    ]
  },
}
