import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Blobs } from '../files.ts'

/** Bytes in pieces; an Error among them is thrown at its place. */
export async function* pieces(...all: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) {
    if (piece instanceof Error) throw piece
    yield Buffer.from(piece)
  }
}

export async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const found: Uint8Array[] = []
  for await (const chunk of bytes) found.push(chunk)
  return Buffer.concat(found).toString()
}

/** What every driver of blobs does. `open` makes empty ones, `again` what a later process finds. */
export function blobsContract(name: string, open: () => Promise<{ blobs: Blobs; again(): Promise<Blobs> }>): void {
  suite(`blobs in ${name}`, () => {
    test('[BL1] a blob that arrived in pieces is read whole and in parts, and cannot be read before', async () => {
      const { blobs, again } = await open()
      const id = await blobs.begin()
      assert.equal(await blobs.append(id, 0, pieces('hello ', 'wor')), 9)
      assert.equal(await blobs.find(id), null)
      assert.equal(await blobs.append(id, 9, pieces('ld')), 11)
      await blobs.finish(id)
      for (const each of [blobs, await again()]) {
        const found = await each.find(id)
        assert.ok(found)
        assert.equal(found.size, 11)
        assert.ok(Math.abs(found.stored_at - Date.now()) < 60_000)
        assert.equal(await textOf(found.open()), 'hello world')
        assert.equal(await textOf(found.open({ first: 6, last: 8 })), 'wor')
        assert.equal(await each.arrived(id), null)
      }
    })

    test('[BL2] what came before a stream broke off is kept, and goes on in a later process', async () => {
      const { blobs, again } = await open()
      const id = await blobs.begin()
      await assert.rejects(blobs.append(id, 0, pieces('hello', new Error('gone'))), { message: 'gone' })
      const later = await again()
      assert.equal(await later.arrived(id), 5)
      assert.equal(await later.append(id, 5, pieces(' again')), 11)
      await later.finish(id)
      assert.equal(await textOf((await later.find(id))?.open() ?? pieces()), 'hello again')
    })

    test('[BL2] pieces at the wrong place, and two at once, are refused without a trace', async () => {
      const { blobs } = await open()
      const id = await blobs.begin()
      await blobs.append(id, 0, pieces('abc'))
      for (const offset of [0, 2, 4]) await assert.rejects(blobs.append(id, offset, pieces('x')), { code: 'conflict' })
      const held = Promise.withResolvers<void>()
      async function* slow() {
        yield Buffer.from('d')
        await held.promise
        yield Buffer.from('e')
      }
      const first = blobs.append(id, 3, slow())
      await assert.rejects(blobs.append(id, 3, pieces('x')), { code: 'conflict' })
      await assert.rejects(blobs.finish(id), { code: 'conflict' })
      held.resolve()
      assert.equal(await first, 5)
      await blobs.finish(id)
      assert.equal(await textOf((await blobs.find(id))?.open() ?? pieces()), 'abcde')
    })

    test('[BL3] an empty blob is one; unknown ids, and texts that are no ids, are nothing', async () => {
      const { blobs } = await open()
      const id = await blobs.begin()
      await blobs.finish(id)
      assert.equal((await blobs.find(id))?.size, 0)
      for (const other of ['a'.repeat(22), '../../../../etc/passwd', '', '..', `${id}/..`, `${id}\0`]) {
        assert.equal(await blobs.find(other), null)
        assert.equal(await blobs.arrived(other), null)
        await assert.rejects(blobs.append(other, 0, pieces('x')), { code: 'not_found' })
        await assert.rejects(blobs.finish(other), { code: 'not_found' })
        await blobs.remove(other)
      }
    })

    test('[BL4] an arrival that is removed takes no more bytes', async () => {
      const { blobs } = await open()
      const id = await blobs.begin()
      let taken = 0
      async function* endless() {
        for (; taken < 100; taken += 1) {
          if (taken === 3) await blobs.remove(id)
          yield Buffer.from('x')
        }
      }
      await assert.rejects(blobs.append(id, 0, endless()), { code: 'not_found' })
      assert.equal(taken, 3)
      assert.equal(await blobs.arrived(id), null)
    })

    test('[BL4] an arrival that is removed is let go, though no more bytes come', async () => {
      const { blobs } = await open()
      const id = await blobs.begin()
      const begun = Promise.withResolvers<void>()
      let isLeft = false
      const silent: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => ({
          next() {
            begun.resolve()
            return new Promise(() => undefined)
          },
          async return() {
            isLeft = true
            return { done: true, value: undefined }
          },
        }),
      }
      const adding = blobs.append(id, 0, silent)
      await begun.promise
      await Promise.all([assert.rejects(adding, { code: 'not_found' }), blobs.remove(id)])
      assert.ok(isLeft)
      assert.equal(await blobs.arrived(id), null)
    })

    test('[BL4] what is removed is gone, and whoever reads it reads on', async () => {
      const { blobs } = await open()
      const [whole, half] = [await blobs.begin(), await blobs.begin()]
      const long = 'x'.repeat(1_000_000)
      await blobs.append(whole, 0, pieces(long))
      await blobs.append(half, 0, pieces('x'))
      await blobs.finish(whole)
      const reading = (await blobs.find(whole))?.open()[Symbol.asyncIterator]()
      let read = (await reading?.next())?.value?.length ?? 0
      for (const id of [whole, half, whole]) await blobs.remove(id)
      for (let next = await reading?.next(); next && !next.done; next = await reading?.next()) read += next.value.length
      assert.equal(read, long.length)
      assert.deepEqual([await blobs.find(whole), await blobs.arrived(half)], [null, null])
    })

    test('[BL5] lists what was not changed for a time', async () => {
      const { blobs } = await open()
      const [whole, half] = [await blobs.begin(), await blobs.begin()]
      await blobs.finish(whole)
      const listed = async (before: number) => {
        const found = []
        for await (const each of blobs.unchangedSince(before)) found.push(each)
        return found.toSorted((one, other) => Number(one.isFinished) - Number(other.isFinished))
      }
      assert.deepEqual(await listed(Date.now() - 60_000), [])
      assert.deepEqual(await listed(Date.now() + 60_000), [
        { id: half, isFinished: false },
        { id: whole, isFinished: true },
      ])
    })
  })
}
