import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unannounced } from '../transport/wire.ts'
import { wireParts } from './testing/wire-parts.ts'

for (const { name, contracts, path, lock } of wireParts())
  test(`[W1] [W2] the wire of ${name} matches its lock`, () => {
    const told = unannounced(contracts, lock, path)
    assert.equal(told, null, told ?? '')
  })
