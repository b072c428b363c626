import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPieces } from './pieces.ts'

const kib = 1024

test('[FU1] pieces grow while each takes less than a second, and shrink when one takes longer than three or fails', () => {
  const pieces = createPieces()
  assert.equal(pieces.size(), 256 * kib)
  for (let times = 0; times < 3; times++) pieces.sent(100)
  assert.equal(pieces.size(), 2048 * kib)
  pieces.sent(2000)
  assert.equal(pieces.size(), 2048 * kib)
  pieces.sent(4000)
  assert.equal(pieces.size(), 1024 * kib)
  pieces.failed()
  assert.equal(pieces.size(), 512 * kib)
})

test('[FU1] a piece has at least 64 KiB and at most 8 MiB, or what a proxy lets through', () => {
  const pieces = createPieces()
  for (let times = 0; times < 9; times++) pieces.sent(1)
  assert.equal(pieces.size(), 8192 * kib)
  pieces.tooLarge()
  for (let times = 0; times < 9; times++) pieces.sent(1)
  assert.equal(pieces.size(), 4096 * kib)
  for (let times = 0; times < 9; times++) pieces.failed()
  assert.equal(pieces.size(), 64 * kib)
})
