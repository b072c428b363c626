import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { permit } from '../../../core/testing/read-permit.ts'
import { call, codeOf, erase, noticed, rephrase, say } from '../engine.ts'
import type { Catchup, Op } from '../../types.ts'
import { inOneRoom } from '../one-room.ts'

const notice = (text: string): Op => ({ op: 'append', type: noticed, body: () => ({ text }) })
const words = ({ events }: Pick<Catchup, 'events'>): unknown[] =>
  events.map(({ event: { body } }) => JSON.parse(body).word)
const HOUR = 3_600_000

/** Rules D and HI, on either database. */
export function redactionSuite(name: string, backend: () => Promise<Backend>) {
  suite(`redacted, edited and pruned events on ${name}`, () => {
    const here = inOneRoom(backend)
    const { commit, catchUp, sayAll, logOf, pruneAll } = here

    test('[D1] [D2] no answer has a redacted event any more, and all have its replacement', async () => {
      await here.enterNew()
      await commit(say('secret one'))
      await Promise.all([commit(say('secret two')), commit(erase(3)), commit(erase(2))])
      const found = JSON.stringify([
        await catchUp(0, null),
        await catchUp(null),
        await logOf(0),
        here.world.batches.filter((batch) => batch.room.num === here.room.num && batch.to > 2),
        await here.world.db.all({ sql: 'SELECT * FROM events', parameters: [] }),
      ])
      assert.ok(!found.includes('secret two') && !found.includes('secret one'))
      const stands = (await logOf(2)).map((entry) => entry.kind === 'event' && entry.event.body)
      assert.deepEqual(stands, ['{"erased":3}', '{"erased":2}'])
      assert.equal(await codeOf(commit(erase(99))), 'not_found')
    })

    test('[D4] [I4] pruned bodies raise floor_seq to the highest pruned seq; the client_id stays', async () => {
      await pruneAll()
      await here.enterNew()
      const sent = call(here.room.id, [notice('old')], { client_id: 'c1' })
      await here.world.engine.commit(sent)
      await commit(say('kept'))
      assert.equal(await here.world.engine.prune(), 0)
      here.world.clock.advance(HOUR)
      await commit(notice('new'))
      assert.equal(await here.world.engine.prune(), 1)
      assert.equal((await here.world.engine.find(here.room.id))?.floor_seq, 2)
      assert.equal((await catchUp(1)).recovered, false)
      const served = await catchUp(2)
      assert.deepEqual([served.recovered, served.events.map(({ position }) => position)], [true, [3, 4]])
      assert.equal((await here.world.engine.readLog(here.room.num, 1, 10)).whole, false)
      assert.equal((await here.world.engine.commit(sent)).replayed, true)
      assert.equal(await here.world.engine.prune(), 0)
    })

    test('[HI1] an item that is edited several times keeps its position in pages and snapshots', async () => {
      await here.enterNew()
      await sayAll(2, 6)
      await commit(rephrase(3, 3, 'other'))
      await commit(say('w8'), rephrase(7, 3, 'third'))
      const { engine } = here.world
      const bound = { rows: 2, bytes: 10_000 }
      const paged: [number, string][] = []
      for (let before: number | null = null, pages = 0; pages < 9; pages++) {
        const { items, next_cursor } = await engine.history(permit, here.room.num, { before, after: null }, bound)
        paged.unshift(...items.map(({ position, event }): [number, string] => [position, JSON.parse(event.body).word]))
        before = next_cursor
        if (before === null) break
      }
      const all = [
        [2, 'w2'],
        [3, 'third'],
        [4, 'w4'],
        [5, 'w5'],
        [6, 'w6'],
        [8, 'w8'],
      ]
      assert.deepEqual(paged, all)
      const snapshot = await catchUp(null)
      assert.deepEqual(
        snapshot.events.map(({ position, event }) => [position, JSON.parse(event.body).word]),
        all,
      )
      const { items } = await engine.history(permit, here.room.num, { before: null, after: 2 }, bound)
      assert.deepEqual(
        items.map(({ position, event }) => [position, event.seq]),
        [
          [3, 9],
          [4, 4],
        ],
      )
      assert.equal((await engine.historyItem(here.room.num, 3))?.event.seq, 9)
      assert.deepEqual(
        [await engine.historyItem(here.room.num, 7), await engine.historyItem(here.room.num, 99)],
        [null, null],
      )
    })

    test('[HI1] [D1] changes have only the latest form of an edited item, with its position', async () => {
      await here.enterNew()
      await sayAll(2, 3)
      await commit(rephrase(2, 2, 'once'))
      await commit(rephrase(4, 2, 'twice'))
      const changes = await catchUp(0, null)
      const told = changes.events.filter(({ event }) => event.type.startsWith('test.'))
      assert.deepEqual(
        told.map(({ position, event }) => [position, JSON.parse(event.body)]),
        [
          [3, { word: 'w3' }],
          [5, { word: 'twice', message_seq: 2 }],
        ],
      )
      assert.ok(!JSON.stringify([changes, await logOf(0), await catchUp(null)]).includes('once'))
      await commit(erase(5, 2))
      assert.equal(await here.world.engine.historyItem(here.room.num, 2), null)
      assert.deepEqual(words(await catchUp(null)), ['w3'])
    })

    test('[D5] of two edits of the same form the later is refused, in one batch and in a later one', async () => {
      await here.enterNew()
      await sayAll(2, 3)
      const both = [commit(rephrase(2, 2, 'mine')), commit(rephrase(2, 2, 'yours'))]
      assert.deepEqual(await Promise.all(both.map(codeOf)), ['ok', 'conflict'])
      assert.equal(await codeOf(commit(rephrase(2, 2, 'late'))), 'conflict')
      assert.equal(await codeOf(commit(say('w5'), rephrase(5, 5, 'a'), rephrase(5, 5, 'b'))), 'conflict')
      assert.deepEqual(await codeOf(commit(say('w5'), rephrase(5, 5, 'a'), rephrase(6, 5, 'b'))), 'ok')
      assert.deepEqual(words(await catchUp(null)), ['mine', 'w3', 'b'])
    })

    test('[I5] deleting an edited item also clears the content hash of its first event', async () => {
      await here.enterNew()
      const send = (content_hash: string) => call(here.room.id, [say('x')], { client_id: 'c1', content_hash })
      await here.world.engine.commit(send('1:x'))
      await commit(rephrase(2, 2, 'y'))
      assert.equal(await codeOf(here.world.engine.commit(send('1:other'))), 'client_id_reused')
      await commit(erase(3, 2))
      const again = await here.world.engine.commit(send('1:other'))
      assert.deepEqual([again.replayed, again.events[0]?.seq, again.events[0]?.body], [true, 2, ''])
    })
  })
}
