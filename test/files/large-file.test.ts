import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryOfFile } from '../drills/large-file.ts'
import { startServer } from '../harness/server.ts'

const mib = 1024 * 1024

test('[RR2] a large file takes little memory on its way up and down', {
  skip: process.platform === 'linux' ? false : 'needs /proc',
}, async () => {
  await using server = await startServer({ env: { RATE_LIMIT_FACTOR: '0' } })
  const { up, down, isWhole } = await memoryOfFile(server, 96 * mib)
  assert.ok(isWhole)
  assert.ok(up < 32 && down < 32, `${up} MiB up, ${down} MiB down`)
})
