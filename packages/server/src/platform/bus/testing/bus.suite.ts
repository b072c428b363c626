import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Bus } from '../bus.ts'

type Note = { room: { num: number }; text: string }

/** What every bus driver keeps. `connect` answers two nodes' views of one bus; `settle` waits until what was sent arrived. */
export function busSuite(
  driver: string,
  connect: () => Promise<{ one: Bus<Note>; other: Bus<Note>; settle: () => Promise<void> }>,
) {
  const note = (num: number, text: string): Note => ({ room: { num }, text })

  suite(`Bus: ${driver}`, () => {
    test('a batch reaches every subscriber of its room, the publishing node included, in order', async () => {
      const { one, other, settle } = await connect()
      const heard: string[] = []
      const subscriptions = [
        one.subscribe(1, ({ text }) => heard.push(`one ${text}`)),
        other.subscribe(1, ({ text }) => heard.push(`other ${text}`)),
      ]
      await Promise.all(subscriptions.map(({ confirmed }) => confirmed))
      one.publish(note(1, 'a'))
      one.publish(note(1, 'b'))
      await settle()
      assert.deepEqual(heard.toSorted(), ['one a', 'one b', 'other a', 'other b'])
      assert.ok(heard.indexOf('other a') < heard.indexOf('other b'))
      for (const subscription of subscriptions) subscription.close()
    })

    test('other rooms stay quiet, and so does a closed subscription', async () => {
      const { one, other, settle } = await connect()
      const heard: string[] = []
      const kept = other.subscribe(1, ({ text }) => heard.push(`kept ${text}`))
      const closed = other.subscribe(1, ({ text }) => heard.push(`closed ${text}`))
      await Promise.all([kept.confirmed, closed.confirmed])
      closed.close()
      one.publish(note(2, 'elsewhere'))
      one.publish(note(1, 'here'))
      await settle()
      assert.deepEqual(heard, ['kept here'])
      kept.close()
    })

    test('one handler subscribed twice is called twice, and closing one leaves the other', async () => {
      const { one, settle } = await connect()
      const heard: string[] = []
      const handler = ({ text }: Note) => void heard.push(text)
      const [first, second] = [one.subscribe(1, handler), one.subscribe(1, handler)]
      await Promise.all([first.confirmed, second.confirmed])
      first.close()
      one.publish(note(1, 'a'))
      await settle()
      assert.deepEqual(heard, ['a'])
      second.close()
    })

    test('a working bus says that it is up', async () => {
      const { one } = await connect()
      assert.equal(one.isUp(), true)
      one.onState(() => assert.fail('nothing changed'))()
    })
  })
}
