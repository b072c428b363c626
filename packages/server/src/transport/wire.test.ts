import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { ActionContract } from '../core/contract.ts'
import type { WireContracts } from './docs/asyncapi.ts'
import { contracts, outline, ownErrors, sent, typing } from './testing/contracts.ts'
import { unannounced, wireHash, type WireLock } from './wire.ts'

const hash = wireHash(contracts)

function withAction(name: string, change: Partial<ActionContract>): WireContracts {
  const actions = contracts.actions.map((action) =>
    action.name === name ? { name, contract: { ...action.contract, ...change } as ActionContract } : action,
  )
  assert.ok(contracts.actions.some((action) => action.name === name))
  return { ...contracts, actions }
}

test('[W1] the order of declarations and texts for people do not count', () => {
  const send = contracts.actions.find(({ name }) => name === 'messages.send')?.contract
  const same: WireContracts[] = [
    { ...contracts, actions: contracts.actions.toReversed() },
    withAction('messages.send', { summary: 'Otherwise said', limit: 'read' }),
    withAction('messages.send', { errors: ['not_found', ownErrors.chat_disabled, ownErrors.not_a_member] }),
    withAction('messages.send', { http: send?.http?.toReversed() ?? [] }),
    withAction('rooms.leave', { input: z.object({ room_id: z.string().describe('Its id.') }) }),
  ]
  for (const [index, one] of same.entries()) assert.equal(wireHash(one), hash, `${index}`)
})

test('[W1] what a client could notice does', () => {
  const changed: WireContracts[] = [
    withAction('rooms.leave', { input: z.object({ room_id: z.string(), why: z.string().optional() }) }),
    withAction('rooms.leave', { output: z.object({ left: z.boolean() }) }),
    withAction('rooms.leave', { caller: 'anyone' }),
    withAction('rooms.leave', { errors: [] }),
    withAction('rooms.leave', { creates: 'resource' }),
    withAction('rooms.leave', { socket: [{ event: 'leave' }] }),
    withAction('rooms.leave', { http: [{ method: 'POST', path: '/api/rooms/:room_id/leave', status: 201 }] }),
    withAction('messages.list', {
      input: z.object({ room_id: z.string(), before: z.coerce.number().int().optional() }),
    }),
    { ...contracts, events: [{ ...sent, v: 2 }] },
    { ...contracts, events: [{ ...sent, wires: ['message'] }] },
    { ...contracts, events: [{ ...sent, payload: z.object({}) }] },
    { ...contracts, records: [] },
    { ...contracts, records: [{ ...outline, audience: 'moderators' }] },
    { ...contracts, records: [{ ...outline, wire: 'outline_changed' }] },
    { ...contracts, records: [{ ...outline, shows: { schema: z.object({}), encode: () => '{}' } }] },
    { ...contracts, ephemerals: [{ ...typing, payload: z.object({}) }] },
  ]
  const hashes = new Set([hash, ...changed.map(wireHash)])
  assert.equal(hashes.size, changed.length + 1)
})

test('[W2] an unannounced change says how to announce it', () => {
  const history = [{ hash: 'older', change: 'The first wire.' }]
  const toldOf = (lock: WireLock | null) => unannounced(contracts, lock, 'x/wire.lock.json')
  assert.match(toldOf({ history }) ?? '', new RegExp(`"history" in x/wire\\.lock\\.json: {"hash":"${hash}"`))
  assert.equal(toldOf({ history: [...history, { hash, change: 'Messages.' }] }), null)
  assert.ok(toldOf({ history: [{ hash, change: 'Messages.' }, ...history] }))
  assert.match(toldOf(null) ?? '', new RegExp(`make x/wire\\.lock\\.json with {"history":\\[{"hash":"${hash}"`))
})
