import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionName, ActionOutput, Call, InputArgument } from '../actions.ts'
import { createDeferred } from '../deferred.ts'
import { settle, stillTime } from '../testing/client.ts'
import { shownOf } from './list.ts'
import { withPending } from './preferences.ts'
import { createReader, nothingYet } from './reader.ts'
import { at, page, room } from './testing/rooms.ts'

/** A reader whose calls the test answers, in the middle of its second read; the first one told of room `a`. */
async function inRead() {
  const waiting: { name: ActionName; input: readonly unknown[]; answer: (json: string) => void }[] = []
  const call: Call = <Name extends ActionName>(name: Name, ...input: InputArgument<Name>) => {
    const { promise, resolve } = createDeferred<ActionOutput<Name>>()
    waiting.push({ name, input, answer: (json) => resolve(JSON.parse(json)) })
    return promise
  }
  let progress = nothingYet
  const { time } = stillTime()
  const onChange = (now: typeof progress) => void (progress = now)
  const reader = createReader({ call, time, pageSize: 50, isOnline: true, onChange })
  /** Answers the oldest waiting call of this action. */
  async function answer<Name extends ActionName>(name: Name, output: ActionOutput<Name>): Promise<void> {
    const [one] = waiting.splice(
      waiting.findIndex((each) => each.name === name),
      1,
    )
    assert.equal(one?.name, name)
    one?.answer(JSON.stringify(output))
    await settle()
  }
  await settle()
  await answer('feed.rooms', page([room('a', 9, { unread: 3 })]))
  reader.hear({ since: '1000', added: [], rooms: [], gone: [] })
  await settle()
  assert.deepEqual(waiting[0]?.input, [{ since: '1000', limit: 100 }])
  const shown = () => withPending(shownOf(progress.list), progress.pending).find(({ id }) => id === 'a')
  return { reader, answer, shown, isLive: () => progress.isLive }
}

/** The room as the read saw it, which began before what the user did. */
const earlier = page([room('a', 9, { unread: 3 })])

test('[F7] what the user sets stays shown when it is stored during a read, and when the read ends', async () => {
  const { reader, answer, shown, isLive } = await inRead()
  const set = reader.setPreferences('a', { favorite: true })
  await settle()
  assert.equal(shown()?.favorite, true)
  const rest = { room_id: 'a', notify: 'all', until: null, group: null } as const
  await answer('preferences.update', { ...rest, favorite: true, changed_at: at(20) })
  await set
  assert.deepEqual([shown()?.favorite, isLive()], [true, false])
  await answer('feed.rooms', earlier)
  assert.deepEqual([shown()?.favorite, isLive()], [true, true])
})

test('[F7] what the user reads during a read of the list is shown at once, and stays', async () => {
  const { reader, answer, shown, isLive } = await inRead()
  assert.equal(shown()?.unread, 3)
  reader.heardRead({ room_id: 'a', read_seq: 9, unread_from: null, unread: 0 })
  assert.deepEqual([shown()?.unread, isLive()], [0, false])
  await answer('feed.rooms', earlier)
  assert.deepEqual([shown()?.unread, isLive()], [0, true])
})
