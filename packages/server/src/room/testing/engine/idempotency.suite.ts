import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Backend } from '../../../platform/db/testing/backends.ts'
import { call, codeOf, createRoom, erase, erased, refuse, say, seqsOf } from '../engine.ts'
import { useWorld } from '../use-world.ts'
import type { CommitCall, Committed, Op } from '../../types.ts'

const wordsOf = (answers: readonly Committed[]): unknown[] =>
  answers.map(({ events }) => JSON.parse(events[0]?.body ?? '').word)

/** The rules of idempotency (I) on either database. */
export function idempotencySuite(name: string, backend: () => Promise<Backend>) {
  suite(`idempotency on ${name}`, () => {
    const world = useWorld(backend)

    test('[I1] [I2] answers a repeated client_id with the first answer, and refuses it for another action', async () => {
      const room = await createRoom(world.engine)
      const send = (more: object) => world.engine.commit(call(room.id, [say('x')], { client_id: 'c1', ...more }))
      const [first, second] = await Promise.all([send({}), send({})])
      const third = await send({})
      assert.equal(first?.replayed, false)
      for (const again of [second, third]) {
        assert.equal(again?.replayed, true)
        assert.deepEqual(again?.events, first?.events)
      }
      assert.equal(await codeOf(send({ action: 'test.other' })), 'client_id_reused')
      assert.equal((await send({ actor: 2 })).replayed, false)
      assert.deepEqual(seqsOf(await send({ client_id: null })), [4])
      assert.deepEqual(await world.engine.answered(room.num, 1, 'c1'), {
        ...{ action: 'test.act', content_hash: null, event: first?.events[0] },
      })
      assert.equal(await world.engine.answered(room.num, 1, 'c2'), null)
    })

    test('[I5] refuses other content under a used client_id; a row without a hash counts as the same content', async () => {
      const room = await createRoom(world.engine)
      const send = (word: string, content_hash: string | null, client_id = 'c1') =>
        world.engine.commit(call(room.id, [say(word)], { client_id, content_hash }))
      const answers = await Promise.all([
        codeOf(send('x', '1:x')),
        codeOf(send('y', '1:y')),
        codeOf(send('x', '1:x')),
        codeOf(send('z', '1:z', 'c2')),
      ])
      assert.deepEqual(answers, ['ok', 'client_id_reused', 'ok', 'ok'])
      assert.equal(await codeOf(send('y', '1:y')), 'client_id_reused')
      assert.deepEqual(wordsOf([await send('x', '1:x'), await send('y', null), await send('y', '2:y')]), [
        'x',
        'x',
        'x',
      ])
      assert.equal((await world.engine.answered(room.num, 1, 'c1'))?.content_hash, '1:x')
      assert.equal((await send('old', null, 'c3')).replayed, false)
      assert.deepEqual(wordsOf([await send('new', '1:new', 'c3')]), ['old'])
    })

    test('[I5] a redaction removes the content hash, an edit keeps it', async () => {
      const room = await createRoom(world.engine)
      const send = (client_id: string, content_hash: string) => call(room.id, [say('x')], { client_id, content_hash })
      const erasing = (seq: number, edits?: true): CommitCall => {
        const op: Op = { op: 'redact', seq, as: erased, body: () => ({ erased: seq }), ...(edits ? { edits } : {}) }
        return call(room.id, [op])
      }
      const commit = (...calls: CommitCall[]) => Promise.all(calls.map((each) => world.engine.commit(each)))
      const sent = await commit(send('deleted', '1:x'), send('edited', '1:x'))
      const [deleted = 0, edited = 0] = sent.flatMap(seqsOf)
      await commit(erasing(deleted), erasing(edited, true))
      const last = room.last_seq + 5
      await commit(
        send('deleted at once', '1:x'),
        erasing(last),
        send('edited at once', '1:x'),
        erasing(last + 2, true),
      )
      for (const when of ['', ' at once']) {
        const again = await world.engine.commit(send(`deleted${when}`, '1:other'))
        assert.deepEqual([again.replayed, again.events[0]?.body], [true, ''])
        assert.equal(await codeOf(world.engine.commit(send(`edited${when}`, '1:other'))), 'client_id_reused')
        assert.equal((await world.engine.commit(send(`edited${when}`, '1:x'))).replayed, true)
      }
    })

    test('[I1] answers a repeat even if the rules would refuse the call now', async () => {
      const room = await createRoom(world.engine)
      const send = call(room.id, [say('x')], { client_id: 'c1', members_only: true })
      const first = await world.engine.commit(send)
      await world.engine.commit(call(room.id, [{ op: 'expel', user: 1, by: null }]))
      assert.deepEqual((await world.engine.commit(send)).events, first.events)
      await world.engine.commit(call(room.id, [{ op: 'close' }]))
      assert.equal((await world.engine.commit(send)).replayed, true)
    })

    test('[I3] a failed call does not use up its client_id', async () => {
      const room = await createRoom(world.engine)
      const send = (...ops: Op[]) => world.engine.commit(call(room.id, ops, { client_id: 'c1' }))
      const answers = await Promise.all([
        codeOf(send(say('x'), refuse)),
        codeOf(send(say(null))),
        codeOf(send(say('y'))),
      ])
      assert.deepEqual(answers, ['forbidden', 'internal', 'ok'])
      assert.equal(JSON.parse((await send(say('z'))).events[0]?.body ?? '').word, 'y')
    })

    test('[I4] a client_id is still known after the body of its event was removed', async () => {
      const room = await createRoom(world.engine)
      const send = call(room.id, [say('x')], { client_id: 'c1' })
      await Promise.all([world.engine.commit(send), world.engine.commit(call(room.id, [erase(2)]))])
      const again = await world.engine.commit(send)
      assert.equal(again.replayed, true)
      assert.deepEqual([again.events[0]?.seq, again.events[0]?.body], [2, ''])
    })
  })
}
