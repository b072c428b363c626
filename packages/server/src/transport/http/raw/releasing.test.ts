import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bytes } from '../../../core/route.ts'
import { least, releasing, releasingSent } from './releasing.ts'

const chunks = () => Array.from({ length: 4 }, () => new Uint8Array(least))

async function* of(all: readonly Uint8Array[]): Bytes {
  yield* all
}

test('[RR2] a chunk of a body is freed once the next one is asked for, unless it is a part of a larger one', async () => {
  const [first, second, third, fourth] = chunks()
  const part = third?.subarray(10)
  assert.ok(first && second && third && fourth && part)
  const sizes: number[][] = []
  for await (const chunk of releasing(of([first, second, part, fourth])))
    sizes.push([chunk.length, first.length, second.length, third.length])
  assert.deepEqual(sizes, [
    [least, least, least, least],
    [least, 0, least, least],
    [least - 10, 0, 0, least],
    [least, 0, 0, least],
  ])
})

test('[RR2] a chunk of a file is freed once all of it has been sent', async () => {
  const all = chunks()
  const kept = () => all.map(({ length }) => length / least).join(' ')
  let waiting = 0
  const lengths: string[] = []
  for await (const _ of releasingSent(of(all), () => waiting)) {
    lengths.push(kept())
    waiting = [least, 2 * least + 1, 0, 0][lengths.length - 1] ?? 0
  }
  lengths.push(kept())
  // After the first chunk all of it waits; after the second both and something else; after the third nothing.
  assert.deepEqual(lengths, ['1 1 1 1', '1 1 1 1', '1 1 1 1', '0 0 0 1', '0 0 0 0'])
})

test('[RR2] a small chunk is left, because whoever handed it out may use it again', async () => {
  const chunk = new Uint8Array(least - 1)
  for await (const _ of releasing(of([chunk]))) continue
  assert.equal(chunk.length, least - 1)
})
