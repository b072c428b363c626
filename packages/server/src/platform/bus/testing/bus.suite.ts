import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Bus, Topic } from '../bus.ts'

type Notes = { room: string; user: string; all: string; activity: string }

/** How each topic is used: under key 1 (or the only one), and under another. */
const topics = {
  room: uses<number>(({ room }) => room, 1, 2),
  user: uses<string>(({ user }) => user, '1', '2'),
  all: uses<null>(({ all }) => all, null, null),
  activity: uses<number>(({ activity }) => activity, 1, 2),
}

function uses<Key>(of: (bus: Bus<Notes>) => Topic<Key, string>, key: Key, another: Key) {
  return {
    publish: (bus: Bus<Notes>, text: string) => of(bus).publish(key, text),
    subscribe: (bus: Bus<Notes>, handler: (text: string) => void) => of(bus).subscribe(key, handler),
    elsewhere(bus: Bus<Notes>, text: string) {
      if (another !== key) of(bus).publish(another, text)
    },
  }
}

/** What every bus driver keeps. `connect` answers two nodes' views of one bus; `settle` waits until what was sent arrived. */
export function busSuite(
  driver: string,
  connect: () => Promise<{ one: Bus<Notes>; other: Bus<Notes>; settle: () => Promise<void> }>,
) {
  suite(`Bus: ${driver}`, () => {
    for (const [topic, at] of Object.entries(topics)) {
      test(`[BU1] ${topic}: a message reaches every subscriber of its key, the publishing node included`, async () => {
        const { one, other, settle } = await connect()
        const heard: string[] = []
        const subscriptions = [
          at.subscribe(one, (text) => heard.push(`one ${text}`)),
          at.subscribe(other, (text) => heard.push(`other ${text}`)),
        ]
        await Promise.all(subscriptions.map(({ confirmed }) => confirmed))
        at.publish(one, 'a')
        at.publish(one, 'b')
        await settle()
        assert.deepEqual(heard.toSorted(), ['one a', 'one b', 'other a', 'other b'])
        for (const subscription of subscriptions) subscription.close()
      })

      test(`[BU1] ${topic}: other keys and topics get nothing, and neither does a closed subscription`, async () => {
        const { one, other, settle } = await connect()
        const heard: string[] = []
        const kept = at.subscribe(other, (text) => heard.push(`kept ${text}`))
        const closed = at.subscribe(other, (text) => heard.push(`closed ${text}`))
        await Promise.all([kept.confirmed, closed.confirmed])
        closed.close()
        at.elsewhere(one, 'another key')
        for (const another of Object.values(topics)) if (another !== at) another.publish(one, 'another topic')
        at.publish(one, 'here')
        await settle()
        assert.deepEqual(heard, ['kept here'])
        kept.close()
      })

      test(`[BU1] ${topic}: one handler subscribed twice is called twice, and closing one leaves the other`, async () => {
        const { one, settle } = await connect()
        const heard: string[] = []
        const handler = (text: string) => void heard.push(text)
        const [first, second] = [at.subscribe(one, handler), at.subscribe(one, handler)]
        await Promise.all([first.confirmed, second.confirmed])
        first.close()
        at.publish(one, 'a')
        await settle()
        assert.deepEqual(heard, ['a'])
        second.close()
      })
    }

    test('a working bus says that it is up', async () => {
      const { one } = await connect()
      assert.equal(one.isUp(), true)
      one.onState(() => assert.fail('nothing changed'))()
    })
  })
}
