import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { seeded } from '../../../../../test/harness/random.ts'
import { systemTimers } from '../../core/clock.ts'
import { createMediaProcess } from './media-process.ts'
import type { Found } from './media.ts'
import { opusWaveform } from './opus.ts'
import { opusIn, packetsOf, silence, sourceOf } from './testing/samples.ts'

const media = createMediaProcess({ timers: systemTimers })
after(() => media.close())
const inspect = (bytes: Uint8Array): Promise<Found> =>
  media.inspect(
    sourceOf(bytes),
    { imageBytes: 1_000_000, imagePixels: 1_000_000, seconds: 3_600 },
    { key: 'ann', address: '192.0.2.1' },
  )
/** Two seconds that swell from nothing to 0.8, silent from 0.8 s to 1.2 s. */
const tone = readFileSync(new URL('./testing/swelling-tone.webm', import.meta.url))

test('[ME5] [ME10] Opus has the waveform of its sound in every container', async () => {
  const packets = await packetsOf(tone)
  for (const container of ['webm', 'ogg', 'mp4'] as const) {
    const found = await inspect(await opusIn(container, packets))
    assert.ok(found.kind === 'audio', container)
    assert.equal(found.waveform?.length, 100)
    for (const [place, peak] of (found.waveform ?? []).entries()) {
      const isSilent = place >= 43 && place < 57
      if (!isSilent && place >= 37 && place < 63) continue
      const expected = isSilent ? 0 : 0.8 * (place / 100)
      assert.ok(Math.abs(peak - expected) < 0.08, `${container}: ${peak} at ${place}, not ${expected}`)
    }
  }
})

async function* endless(data: Uint8Array) {
  for (let at = 0; ; at += 1) yield { data, timestamp: at / 50 }
}

test('[ME10] sound that is too long, says that it is shorter, takes too long or has several streams has no waveform', async () => {
  const sound = { packets: endless(silence), channels: 1, seconds: 1, monotonic: () => 0, endsAt: 10_000 }
  let now = 0
  const slow = () => (now += 3_000)
  assert.equal(await opusWaveform({ ...sound, seconds: 601 }), null)
  assert.equal(await opusWaveform({ ...sound, channels: 3 }), null)
  assert.equal(await opusWaveform(sound), null)
  assert.equal(await opusWaveform({ ...sound, packets: endless(silence), monotonic: slow }), null)
  assert.equal(now, 12_000, 'it ends once its time is over')
  assert.equal(await opusWaveform({ ...sound, packets: endless(new Uint8Array(10_000)) }), null)
})

test('[ME10] packets that are damaged, invented or empty neither end the process nor refuse their file', async () => {
  const { seed, between, oneOf } = seeded()
  const below = (bound: number) => between(0, bound - 1)
  const packets = await packetsOf(tone)
  const changes: ((packet: Uint8Array) => Uint8Array)[] = [
    (packet) => packet.map((byte) => (below(10) === 0 ? below(256) : byte)),
    (packet) => packet.subarray(0, below(packet.length)),
    () => Uint8Array.from({ length: below(200) }, () => below(256)),
    // Of no longer bytes than the decoder takes, and longer.
    () => Uint8Array.from({ length: 3_800 + below(100) }, () => below(256)),
    // Up to 120 ms in one packet.
    (packet) => Uint8Array.from([below(256) | 3, below(64), ...packet]),
  ]
  const seen = { waveforms: 0, none: 0 }
  for (let count = 0; count < 200; count += 1) {
    const few = Array.from({ length: 1 + below(5) }, () => {
      const packet = oneOf(packets)
      return below(3) === 0 ? packet : oneOf(changes)(packet)
    })
    const found = await inspect(await opusIn(oneOf(['webm', 'ogg', 'mp4'] as const), few))
    // A process that ended would have it refused.
    assert.ok(found.kind === 'audio' || found.kind === 'file', `${found.kind}; PARLOR_SEED=${seed}`)
    if (found.kind === 'file') continue
    seen[found.waveform ? 'waveforms' : 'none'] += 1
    assert.ok(found.waveform?.every((peak) => peak >= 0 && peak <= 1) ?? true)
  }
  assert.ok(seen.waveforms > 10 && seen.none > 10, JSON.stringify(seen))
})
