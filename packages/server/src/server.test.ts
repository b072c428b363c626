import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wireContracts } from './compose/declared.ts'
import { unannounced } from './transport/wire.ts'
import lock from './transport/wire.lock.json' with { type: 'json' }

test('[W1] the wire is as wire.lock.json announces it', () => {
  assert.equal(unannounced(wireContracts, lock), null)
})
