import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bytes } from '../../../core/route.ts'
import { releasing, releasingSent } from './releasing.ts'

const chunks = () => Array.from({ length: 4 }, () => new Uint8Array(100))

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
    [100, 100, 100, 100],
    [100, 0, 100, 100],
    [90, 0, 0, 100],
    [100, 0, 0, 100],
  ])
})

test('[RR2] a chunk of a file is freed once all of it has been sent', async () => {
  const all = chunks()
  let waiting = 0
  const lengths: string[] = []
  for await (const _ of releasingSent(of(all), () => waiting)) {
    lengths.push(all.map(({ length }) => length).join(' '))
    waiting = [100, 201, 0, 0][lengths.length - 1] ?? 0
  }
  lengths.push(all.map(({ length }) => length).join(' '))
  // After the first chunk all of it waits; after the second both and something else; after the third nothing.
  assert.deepEqual(lengths, ['100 100 100 100', '100 100 100 100', '100 100 100 100', '0 0 0 100', '0 0 0 0'])
})
