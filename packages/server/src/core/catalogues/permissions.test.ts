import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { ActionContract, NamedPermission } from '../contract.ts'
import { permissionCatalogue, permissionFaults } from './permissions.ts'

const vote = { name: 'vote', text: 'Vote', who: ['member', 'host'] }
const end_poll = { name: 'end_poll', text: 'End a poll', who: ['host'] }
const asking = (name: string, ...permissions: NamedPermission[]): { name: string; contract: ActionContract } => ({
  name,
  contract: {
    summary: '',
    input: z.object(),
    output: z.object(),
    caller: 'user',
    scope: 'any',
    limit: 'write',
    errors: [],
    permissions,
  },
})
const actions = [asking('polls.vote', vote), asking('polls.end', end_poll, vote)]

test('[PM1] the catalogue lists the permissions of every feature, and which actions check them', () => {
  assert.deepEqual(permissionFaults({ polls: { vote }, ends: { end_poll } }, actions), [])
  assert.deepEqual(permissionCatalogue({ polls: { vote }, ends: { end_poll } }, actions), [
    { ...vote, actions: ['polls.vote', 'polls.end'] },
    { ...end_poll, actions: ['polls.end'] },
  ])
})

test('[PM1] reports a permission that two features define, that none declares, or that no action checks', () => {
  assert.deepEqual(permissionFaults({ polls: { vote, end_poll }, votes: { vote } }, actions), [
    'Two features define the permission vote: rename one of them.',
  ])
  assert.deepEqual(permissionFaults({ polls: { vote } }, actions), [
    'polls.end asks for the permission end_poll, which no feature hands over: add it to the permissions of the Feature that defines it.',
  ])
  assert.deepEqual(permissionFaults({ polls: { vote, end_poll } }, actions.slice(0, 1)), [
    'No action asks for the permission end_poll: name it in the contract of the action that does, or remove it.',
  ])
})
