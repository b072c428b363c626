import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FeedRoom, FeedState } from '@parlor/client/feed'
import { createStore } from '@parlor/client/store'
import { startAnnouncer } from './announcer.ts'
import { createLocks } from './testing/locks.ts'
import { room } from './testing/rooms.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A browser of Ann with tabs, a clock of its own, and what it showed and played. */
function browser() {
  const me = createStore<{ id: string } | null>({ id: 'ann' })
  const feed = createStore<Pick<FeedState, 'phase' | 'items'>>({ phase: 'loading', items: [] })
  const told: string[] = []
  const locks = createLocks()
  let now = 0
  let timers: { at: number; run: () => void }[] = []

  async function pass(ms: number): Promise<void> {
    await turn()
    now += ms
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { run } of due) run()
    await turn()
  }

  function openTab(name: string, { isAlone = false } = {}) {
    const looked = createStore<string | null>(null)
    const close = startAnnouncer({
      session: { me, feed: () => feed },
      lookedAt: looked.get,
      onLook: looked.subscribe,
      locks: isAlone ? null : locks,
      time: {
        now: () => now,
        after(ms, run) {
          const timer = { at: now + ms, run }
          timers.push(timer)
          return () => {
            timers = timers.filter((one) => one !== timer)
          }
        },
      },
      ways: {
        show(rooms, { isLoud }) {
          const what = rooms.map(({ id, last_message }) => `${id} ${last_message?.seq}`).join(', ')
          told.push(`${name}${isLoud ? '!' : ''} ${what}`)
          return () => told.push(`${name} closes ${rooms.map(({ id }) => id).join(', ')}`)
        },
        play: () => told.push(`${name} plays`),
      },
    })
    return { look: looked.set, close }
  }

  return {
    ...{ me, openTab, pass },
    rooms: (...items: FeedRoom[]) => feed.set({ phase: 'live', items }),
    signOut() {
      me.set(null)
      feed.set({ phase: 'signed_out', items: [] })
    },
    /** What was told since it was asked for last. */
    told: () => told.splice(0),
  }
}

test('[NO1] a new message is announced, and not what was there when the page was opened', async () => {
  const { openTab, rooms, pass, told } = browser()
  openTab('one')
  rooms(room('tea', 5))
  await pass(10_000)
  assert.deepEqual(told(), [])
  rooms(room('tea', 6))
  await pass(999)
  assert.deepEqual(told(), [])
  await pass(1)
  assert.deepEqual(told(), ['one! tea 6', 'one plays'])
})

test('[NO1] what was read elsewhere, deleted or turned off before its turn came is not announced', async () => {
  const { openTab, rooms, pass, told } = browser()
  openTab('one')
  const ids = ['read', 'off', 'deleted', 'answered', 'left']
  const news = (seq: number) => ids.map((id) => room(id, seq))
  rooms(...news(5))
  await pass(0)
  rooms(...news(6))
  await pass(0)
  const { last_message } = room('tea', 6)
  assert.ok(last_message)
  rooms(
    room('read', 6, { unread: 0 }),
    room('off', 6, { notify: 'none' }),
    room('deleted', 6, { last_message: { ...last_message, text: null } }),
    room('answered', 7, { last_message: { ...last_message, seq: 7, sender: { id: 'ann', name: 'Ann' } } }),
  )
  await pass(1000)
  await pass(10_000)
  assert.deepEqual(told(), [])
})

test('[NO1] [NO3] one tab announces, and none while a tab shows the room', async () => {
  const { openTab, rooms, pass, told } = browser()
  const [one, two] = [openTab('one'), openTab('two')]
  rooms(room('tea', 5), room('books', 5))
  two.look('tea')
  await pass(0)
  rooms(room('tea', 6), room('books', 6))
  await pass(1000)
  assert.deepEqual(told(), ['one! books 6', 'one plays'])
  two.look(null)
  await pass(0)
  rooms(room('tea', 7), room('books', 6))
  await pass(3000)
  assert.deepEqual(told(), ['one! tea 7', 'one plays'])
  one.close()
  assert.deepEqual(told(), ['one closes books', 'one closes tea'])
  await pass(0)
  rooms(room('tea', 8), room('books', 6))
  await pass(3000)
  assert.deepEqual(told(), ['two! tea 8', 'two plays'])
})

test('[NO3] without locks a tab is silent about the room that it shows itself', async () => {
  const { openTab, rooms, pass, told } = browser()
  const { look } = openTab('one', { isAlone: true })
  rooms(room('tea', 5), room('books', 5))
  look('tea')
  await pass(0)
  rooms(room('tea', 6), room('books', 6))
  await pass(1000)
  assert.deepEqual(told(), ['one! books 6', 'one plays'])
})

test('[NO2] a burst is told every three seconds, and draws attention every thirty', async () => {
  const { openTab, rooms, pass, told } = browser()
  openTab('one')
  rooms(room('tea', 1))
  await pass(0)
  const heard: string[][] = []
  for (let second = 1; second <= 40; second++) {
    rooms(room('tea', 1 + second))
    await pass(1000)
    const now = told()
    if (now.length > 0) heard.push(now)
  }
  assert.deepEqual(heard.slice(0, 2), [['one! tea 2', 'one plays'], ['one tea 5']])
  assert.deepEqual([heard.length, heard.flat().filter((what) => what === 'one plays').length], [14, 2])
})

test('[NO2] a room that was read since draws attention again', async () => {
  const { openTab, rooms, pass, told } = browser()
  openTab('one')
  rooms(room('tea', 1))
  await pass(0)
  rooms(room('tea', 2))
  await pass(1000)
  rooms(room('tea', 2, { unread: 0 }))
  await pass(2000)
  assert.deepEqual(told(), ['one! tea 2', 'one plays', 'one closes tea'])
  rooms(room('tea', 3))
  await pass(1000)
  assert.deepEqual(told(), ['one! tea 3', 'one plays'])
})

test('[NO2] news of more than three rooms are one notification, with one sound', async () => {
  const { openTab, rooms, pass, told } = browser()
  openTab('one')
  const all = (count: number, seq: number) => Array.from({ length: count }, (_, n) => room(`r${n}`, seq))
  rooms(...all(4, 1))
  await pass(0)
  rooms(...all(3, 2), room('r3', 1))
  await pass(1000)
  assert.deepEqual(told(), ['one! r0 2', 'one! r1 2', 'one! r2 2', 'one plays'])
  rooms(...all(4, 3))
  await pass(3000)
  assert.deepEqual(told(), ['one! r0 3, r1 3, r2 3, r3 3', 'one plays'])
})

test('[NO4] a notification closes once its message is read or deleted, its room is left, or the user signs out', async () => {
  const { openTab, rooms, pass, signOut, told } = browser()
  openTab('one')
  rooms(room('read', 1), room('deleted', 1), room('left', 1))
  await pass(0)
  rooms(room('read', 2), room('deleted', 2), room('left', 2))
  await pass(1000)
  told()
  const { last_message } = room('deleted', 2)
  assert.ok(last_message)
  rooms(room('read', 2, { unread: 0 }), room('deleted', 2), room('left', 2))
  await pass(0)
  assert.deepEqual(told(), ['one closes read'])
  rooms(room('deleted', 2, { last_message: { ...last_message, text: null } }), room('left', 2))
  await pass(0)
  assert.deepEqual(told(), ['one closes deleted'])
  rooms()
  await pass(0)
  assert.deepEqual(told(), ['one closes left'])
  rooms(room('tea', 9))
  await pass(3000)
  assert.deepEqual(told(), ['one! tea 9', 'one plays'])
  rooms(room('tea', 10))
  await pass(0)
  signOut()
  await pass(10_000)
  assert.deepEqual(told(), ['one closes tea'])
})

test('[NO1] another user begins anew: their unread messages are no news', async () => {
  const { openTab, rooms, pass, me, told } = browser()
  openTab('one')
  rooms(room('tea', 1))
  await pass(0)
  me.set({ id: 'cat' })
  rooms(room('tea', 1), room('books', 9))
  await pass(10_000)
  assert.deepEqual(told(), [])
  rooms(room('tea', 2), room('books', 9))
  await pass(1000)
  assert.deepEqual(told(), ['one! tea 2', 'one plays'])
})
