import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserCaller } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import type { Bytes } from '../../../core/route.ts'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { createLocalBuckets } from '../../../platform/limiter/local.ts'
import { createGuestBounds } from './guest-bounds.ts'

const mib = 1024 * 1024
const day = 86_400_000

/** The id of a user who came at this time (RFC 9562, 5.7). */
const idOf = (ms: number) => `${ms.toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-000000000000`

function bounds({ diskFree = 0, free = 100 * mib } = {}) {
  const { clock, advance } = manualTime()
  const space = { free, size: 400 * mib }
  let ids = 0
  const caller = (address: string, guest: boolean, age = 0): UserCaller => {
    const id = idOf(clock.now() - age)
    const profile = { id, name: 'A', avatar_url: null, guest }
    return { kind: 'user', address, user: { num: ++ids, id }, profile, session_id: 's', expires_at: null }
  }
  const rate = { burst: 4 * mib, perSecond: (4 * mib) / 86_400, by: 'address' } as const
  const buckets = createLocalBuckets({ clock })
  const made = createGuestBounds({ buckets, clock, rate, diskFree, blobs: { space: async () => space } })
  const send = async (by: UserCaller, count: number) => {
    async function* bytes(): Bytes {
      for (let sent = 0; sent < count; sent += 1) yield Buffer.alloc(mib)
    }
    let came = 0
    try {
      await made.assertMayBegin(by)
      for await (const chunk of made.counted(by, bytes())) came += chunk.length / mib
      return `${came}`
    } catch (error) {
      return `${came} ${error instanceof AppError ? error.code : 'failed'}`
    }
  }
  return { made, advance, caller, send, space }
}

test('[UP17] guests and new accounts of an address share what they may send, and older accounts do not draw on it', async () => {
  const { made, advance, caller, send } = bounds()
  assert.equal(await send(caller('192.0.2.1', true), 3), '3')
  assert.equal(await send(caller('192.0.2.1', false), 3), '0 quota_exceeded')
  assert.equal(await send(caller('192.0.2.1', true), 1), '0 quota_exceeded')
  assert.equal(await send(caller('192.0.2.1', false, 2 * day), 9), '9')
  assert.equal(await send(caller('192.0.2.2', true), 1), '1')
  advance(day)
  assert.equal(await send(caller('192.0.2.1', true), 3), '3')
  // An image that became larger than what came.
  made.more(caller('192.0.2.2', true), 4 * mib)
  assert.equal(await send(caller('192.0.2.2', true), 1), '0 quota_exceeded')
})

test('[UP17] a file of a guest counts as 64 KiB besides its bytes, so that small ones are bounded too', async () => {
  const { made, caller } = bounds()
  const guest = caller('192.0.2.1', true)
  for (let begun = 0; begun < 64; begun += 1) await made.assertMayBegin(guest)
  await assert.rejects(made.assertMayBegin(guest), { code: 'quota_exceeded' })
})

test('[UP17] guests leave a part of the disk free, also while their bytes come', async () => {
  const { caller, send, space } = bounds({ diskFree: 90 * mib })
  const [guest, account] = [caller('192.0.2.1', true), caller('192.0.2.1', false, 2 * day)]
  assert.equal(await send(guest, 1), '1')
  space.free = 89 * mib
  assert.equal(await send(guest, 1), '0 storage_unavailable')
  assert.equal(await send(account, 1), '1')
  // Of a small disk no more than a quarter is asked for.
  space.size = 80 * mib
  space.free = 20 * mib
  assert.equal(await send(guest, 1), '1')
})
