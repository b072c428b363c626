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

test('[HK1] all listeners of a hook are called, in the order in which they were added', () => {
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

test('[HK2] a listener that throws or rejects is logged, and the others are called', async () => {
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

test('[HK3] the caller of a hook does not wait for listeners', () => {
  let told = 0
  const never = Promise.withResolvers<void>()
  const { tell } = heardBy({ onSessionEnded: () => never.promise }, { onSessionEnded: () => void (told += 1) })
  tell.onSessionEnded(['s'])
  assert.equal(told, 1)
})

test('[HK6] what features keep of a deleted account is deleted in parts, one feature after another', async () => {
  const asked: unknown[] = []
  const forgets = (name: string, parts: number): Listeners => ({
    async onUserDeleted(_user, position, most) {
      asked.push([name, position, most])
      const part = Number(position ?? 0) + 1
      return { found: 1, next: part < parts ? `${part}` : null }
    },
  })
  const { tell } = heardBy(forgets('one', 3), {}, forgets('two', 1))
  const found: number[] = []
  let position: string | null = null
  do {
    const part = await tell.onUserDeleted(user, position, 5)
    found.push(part.found)
    position = part.next
  } while (position !== null)
  assert.deepEqual(asked, [
    ['one', null, 5],
    ['one', '1', 5],
    ['one', '2', 5],
    ['two', null, 5],
  ])
  assert.deepEqual(found, [1, 1, 1, 1])
  assert.deepEqual(await heardBy().tell.onUserDeleted(user, null, 5), { found: 0, next: null })
  await assert.rejects(
    heardBy({ onUserDeleted: () => Promise.reject(new Error('away')) }).tell.onUserDeleted(user, null, 5),
  )
})
