import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomFacts } from '../core/contract.ts'
import { createHooks, type Listeners } from './hooks.ts'

const room: RoomFacts = { num: 1, id: 'r', kind: 'meeting' }
const user = { num: 7, id: 'u' }

function heardBy(...all: Listeners[]) {
  const failures: unknown[] = []
  const hooks = createHooks((error) => void failures.push(error))
  for (const each of all) hooks.listen(each)
  return { tell: hooks.tell, failures }
}

test('[HK1] all who listen to a hook are told, in the order in which they came', () => {
  const heard: string[] = []
  const as = (name: string): Listeners => ({
    onPresence: (...told) => void heard.push(`${name} ${JSON.stringify(told)}`),
  })
  const { tell } = heardBy(as('one'), {}, as('other'))
  tell.onPresence(room, 7, true)
  assert.deepEqual(
    heard,
    ['one', 'other'].map((name) => `${name} ${JSON.stringify([room, 7, true])}`),
  )
})

test('[HK2] a listener that throws or rejects is logged, and the others are told', async () => {
  const heard: string[] = []
  const { tell, failures } = heardBy(
    {
      onProfile: () => {
        throw new Error('at once')
      },
    },
    { onProfile: () => Promise.reject(new Error('later')) },
    { onProfile: ({ id }) => void heard.push(id) },
  )
  tell.onProfile(user, { id: 'u', name: 'Ann', avatar_url: null, guest: true })
  assert.deepEqual(heard, ['u'])
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    failures.map((error) => (error instanceof Error ? error.message : error)),
    ['at once', 'later'],
  )
})

test('[HK3] who tells does not wait for a listener', () => {
  let told = 0
  const never = Promise.withResolvers<void>()
  const { tell } = heardBy({ onSessionEnded: () => never.promise }, { onSessionEnded: () => void (told += 1) })
  tell.onSessionEnded(['s'])
  assert.equal(told, 1)
})

test('[HK4] before an account is deleted all who listen have done so one after another, and a failure is told', async () => {
  const steps: string[] = []
  const slow = Promise.withResolvers<void>()
  const { tell, failures } = heardBy(
    {
      async onUserDeleted() {
        await slow.promise
        steps.push('first')
        throw new Error('first')
      },
    },
    {
      onUserDeleted() {
        steps.push('second')
        throw new Error('second')
      },
    },
    { onUserDeleted: () => void steps.push('third') },
  )
  const done = assert.rejects(tell.onUserDeleted(user), /first/)
  assert.deepEqual(steps, [])
  slow.resolve()
  await done
  assert.deepEqual(steps, ['first', 'second', 'third'])
  assert.deepEqual(
    failures.map((error) => (error instanceof Error ? error.message : error)),
    ['second'],
  )
})
