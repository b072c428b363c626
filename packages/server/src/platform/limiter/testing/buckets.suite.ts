import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Buckets } from '../limiter.ts'

/** What every driver of Buckets must do. `create` returns full budgets and a function that advances their time. */
export function bucketsSuite(
  driver: string,
  create: () => Promise<{ buckets: Buckets; advance: (ms: number) => void | Promise<void> }>,
) {
  const rate = { burst: 3, perSecond: 2 }

  suite(`Buckets: ${driver}`, () => {
    test('lets a burst pass at once, then calls at the refill rate', async () => {
      const { buckets, advance } = await create()
      const take = () => buckets.take('read', 'ann', rate)
      assert.deepEqual([await take(), await take(), await take()], [0, 0, 0])
      assert.equal(Math.round(await take()), 500)
      await advance(499)
      assert.equal(Math.round(await take()), 1)
      await advance(1)
      assert.equal(await take(), 0)
      assert.ok((await take()) > 0)
    })

    test('a refused call takes nothing', async () => {
      const { buckets, advance } = await create()
      const take = () => buckets.take('read', 'ann', rate)
      for (let call = 0; call < 50; call++) await take()
      await advance(500)
      assert.equal(await take(), 0)
    })

    test('a budget never holds more than its burst', async () => {
      const { buckets, advance } = await create()
      const take = () => buckets.take('read', 'ann', rate)
      await take()
      await advance(3_600_000)
      assert.deepEqual([await take(), await take(), await take()], [0, 0, 0])
      assert.ok((await take()) > 0)
    })

    test('each name and key has its own budget', async () => {
      const { buckets } = await create()
      const one = { burst: 1, perSecond: 1 }
      assert.equal(await buckets.take('read', 'ann', one), 0)
      assert.equal(await buckets.take('write', 'ann', one), 0)
      assert.equal(await buckets.take('read', 'bob', one), 0)
      assert.equal(await buckets.take('read', '__proto__', one), 0)
      assert.ok((await buckets.take('read', 'ann', one)) > 0)
      assert.ok((await buckets.take('read', '__proto__', one)) > 0)
    })

    test('an infinite rate never refuses', async () => {
      const { buckets } = await create()
      const lifted = { burst: Number.POSITIVE_INFINITY, perSecond: Number.POSITIVE_INFINITY }
      for (let call = 0; call < 1000; call++) assert.equal(await buckets.take('read', 'ann', lifted), 0)
    })
  })
}
