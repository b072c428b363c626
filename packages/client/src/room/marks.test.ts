import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParlorError } from '../error.ts'
import { settle, stillTime } from '../testing/client.ts'
import { createMarks } from './marks.ts'

/** A server that takes every call, until it is told to fail. */
function stage() {
  const { time, advance } = stillTime()
  const calls: unknown[] = []
  const at = { isUp: true, fails: null as ParlorError | null }
  const answer = async (name: string, input?: object) => {
    calls.push([name.slice('read-state.'.length), ...Object.values(input ?? {})])
    if (at.fails) throw at.fails
    return {}
  }
  const marks = createMarks({ call: answer, time, isUp: () => at.isUp })
  const pass = async (ms: number) => {
    advance(ms)
    await settle()
  }
  return { marks, at, pass, told: () => calls.splice(0), pending: () => [...marks.pending.get().keys()] }
}

test('[K1] the first mark is sent at once, and those of the next second together', async () => {
  const { marks, pass, told, pending } = stage()
  for (const seq of [4, 5, 7, 6]) marks.read('r', seq, { clears: false, among: 3 })
  marks.read('other', 1, { clears: false, among: 3 })
  assert.deepEqual(pending(), ['r', 'other'])
  await settle()
  assert.deepEqual(told(), [
    ['read', 'r', 4, false],
    ['read', 'other', 1, false],
  ])
  await pass(999)
  assert.deepEqual(told(), [])
  await pass(1)
  assert.deepEqual(told(), [['read', 'r', 7, false]])
  assert.deepEqual(pending(), [])
  await pass(5000)
  assert.deepEqual(told(), [])
})

test('[K1] a mark that waits is sent when the page is hidden, which may be its end', async () => {
  const { marks, pass, told, pending } = stage()
  marks.read('r', 4, { clears: false, among: 3 })
  marks.read('r', 6, { clears: false, among: 3 })
  marks.hurry()
  await settle()
  assert.deepEqual([told().at(-1), pending()], [['read', 'r', 6, false], []])
  await pass(5000)
  assert.deepEqual(told(), [])
})

test('[K1] where many read together, each tells the server later, and opening a room is told at once', async () => {
  const { marks, pass, told } = stage()
  for (const seq of [4, 5]) marks.read('r', seq, { clears: false, among: 1000 })
  await pass(14_999)
  assert.deepEqual(told(), [])
  marks.read('r', 6, { clears: false, among: 1000 })
  await pass(1)
  assert.deepEqual(told(), [['read', 'r', 6, false]])
  marks.read('r', 9, { clears: false, among: 1000 })
  await pass(19_999)
  assert.deepEqual(told(), [])
  await pass(1)
  assert.deepEqual(told(), [['read', 'r', 9, false]])
  marks.read('other', 0, { clears: true, among: 1000 })
  await settle()
  assert.deepEqual(told(), [['read', 'other', 0, true]])
  marks.read('third', 2, { clears: false, among: 1000 })
  marks.hurry()
  await settle()
  assert.deepEqual(told(), [['read', 'third', 2, false]])
})

test('[K1] a room that was opened is unmarked before it is marked as unread anew', async () => {
  const { marks, pass, told } = stage()
  marks.read('r', 4, { clears: false, among: 3 })
  marks.unread('r', 2)
  marks.read('r', 6, { clears: true, among: 3 })
  marks.unread('r', 3)
  await settle()
  await pass(1000)
  assert.deepEqual(told(), [
    ['read', 'r', 4, false],
    ['read', 'r', 6, false],
    ['unread', 'r', 3],
  ])
})

test('[K1] what could not be sent is sent later, and when the connection is back', async () => {
  const { marks, at, pass, told, pending } = stage()
  at.fails = new ParlorError('rate_limited', 'Too many', { retry: 'later', details: { retry_after: 3 } })
  marks.read('r', 4, { clears: false, among: 3 })
  await settle()
  assert.equal(told().length, 1)
  await pass(2999)
  assert.deepEqual(told(), [])
  at.fails = null
  at.isUp = false
  await pass(1)
  assert.deepEqual(told(), [])
  marks.read('r', 9, { clears: false, among: 3 })
  at.isUp = true
  marks.resume()
  await settle()
  assert.deepEqual([told(), pending()], [[['read', 'r', 9, false]], []])
})

test('[K1] [K3] a refusal for good, and another user, take marks back', async () => {
  const { marks, at, pass, told, pending } = stage()
  at.fails = new ParlorError('not_a_member', 'Join first', { retry: 'never' })
  marks.read('r', 4, { clears: false, among: 3 })
  await settle()
  assert.deepEqual(pending(), [])
  at.isUp = false
  marks.read('other', 4, { clears: false, among: 3 })
  marks.forget()
  at.isUp = true
  marks.resume()
  await pass(5000)
  assert.deepEqual([told().length, pending()], [1, []])
})
