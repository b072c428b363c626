import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as limits from '../../packages/client/src/generated/limits.generated.ts'
import { identityActions } from '../../packages/server/src/features/identity/contract.ts'
import { messageActions } from '../../packages/server/src/features/messages/contract.ts'
import { roomContract } from '../../packages/server/src/features/rooms/contract.ts'
import { roomSlots } from '../../packages/server/src/features/rooms/slots.ts'

const { actions: roomActions } = roomContract({ options: [], slots: roomSlots, ownFields: {} })

const account = { email: 'ann@example.org', password: 'a password of hers', username: 'Ann' }
const message = { room_id: 'room', content: 'Hello' }
const text = (length: number) => 'x1'.repeat(length).slice(0, length)
const address = (length: number) => `${text(length - 195)}@${`${text(60)}.`.repeat(3)}${text(11)}`

/** Whether the server accepts a value of this length, by the name of the limit. */
const takes: Readonly<Record<string, (length: number) => { success: boolean }>> = {
  person_name: (length) => identityActions['identity.signInGuest'].input.safeParse({ name: text(length) }),
  email: (length) => identityActions['identity.updateMe'].input.safeParse({ email: address(length) }),
  password: (length) => identityActions['identity.register'].input.safeParse({ ...account, password: text(length) }),
  room_name: (length) => roomActions['rooms.create'].input.safeParse({ name: text(length) }),
  room_password: (length) => roomActions['rooms.create'].input.safeParse({ name: 'Tea', password: text(length) }),
  message_text: (length) => messageActions['messages.send'].input.safeParse({ ...message, content: text(length) }),
}

for (const [name, most] of Object.entries(limits)) {
  const isTaken = takes[name]
  if (!isTaken) continue
  test(`[T3] the server takes ${most} of ${name} and no more`, () => {
    assert.deepEqual(
      [most - 1, most, most + 1].map((length) => isTaken(length).success),
      [true, true, false],
    )
  })
}

test('[T3] the server takes no password shorter than the SDK says', () => {
  const { input } = identityActions['identity.register']
  const isTaken = (length: number) => input.safeParse({ ...account, password: text(length) }).success
  assert.deepEqual([limits.password_min - 1, limits.password_min].map(isTaken), [false, true])
})
