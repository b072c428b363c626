import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../../core/error.ts'
import type { FormFile } from '../../../core/route.ts'
import { readForm } from './form.ts'
import { releasing } from './releasing.ts'

const type = 'multipart/form-data; boundary=b'
const field = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file = (name: string, content: string) =>
  `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/html\r\n\r\n${content}\r\n`
const end = '--b--\r\n'
/** Content that looks like the end of a part. */
const almost = '\r\n--a\r\n-b\r\n--\r\n\r--b'.repeat(3)

async function* pieces(...all: (string | Error)[]) {
  for (const piece of all) {
    if (piece instanceof Error) throw piece
    yield Buffer.from(piece)
  }
}

function taker() {
  const seen: { field: string; name: string; content: string; error: unknown }[] = []
  return {
    seen,
    async take({ field: of, name, bytes }: FormFile) {
      const one = { field: of, name, content: '', error: null as unknown }
      seen.push(one)
      try {
        // As a route takes it: parts of the form are freed on the way.
        for await (const chunk of releasing(bytes)) one.content += Buffer.from(chunk).toString()
      } catch (error) {
        one.error = error
        throw error
      }
    },
  }
}

test('[RR8] fields before and after the file, and names as they were sent', async () => {
  const { seen, take } = taker()
  const form = [field('room_id', 'r'), file('../a b.html', 'hello'), field('alt', 'é'), field('__proto__', 'x'), end]
  const fields = await readForm(type, pieces(...form), take)
  assert.deepEqual({ ...fields }, { room_id: 'r', alt: 'é', ['__proto__']: 'x' })
  assert.equal(Object.getPrototypeOf(fields), null)
  assert.deepEqual(seen, [{ field: 'file', name: '../a b.html', content: 'hello', error: null }])
})

test('[RR8] however the bytes of a form are cut, the same is read', async () => {
  const form = Buffer.from(field('a', 'x') + file('f', almost) + end)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: form.length - 1 }), { maxLength: 12 }), async (cuts) => {
      const { seen, take } = taker()
      const places = [0, ...cuts.toSorted((one, other) => one - other), form.length]
      async function* cut() {
        for (const [at, from] of places.slice(0, -1).entries()) yield form.subarray(from, places[at + 1])
      }
      assert.deepEqual({ ...(await readForm(type, cut(), take)) }, { a: 'x' })
      assert.equal(seen[0]?.content, almost)
    }),
  )
})

test('[RR8] a form that breaks off ends what reads its file with the same error', async () => {
  const gone = new AppError('malformed')
  const broken: [(string | Error)[], string][] = [
    [[file('f', 'half'), gone], 'malformed'],
    [[file('f', 'half').slice(0, -3)], 'malformed'],
    [[field('a', 'x')], 'malformed'],
    [['no form at all'], 'malformed'],
    [
      ['--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n', new AppError('too_slow')],
      'too_slow',
    ],
  ]
  for (const [form, code] of broken) {
    const { seen, take } = taker()
    await assert.rejects(readForm(type, pieces(...form), take), { code }, String(form[0]))
    for (const { error } of seen) assert.ok(error instanceof Error)
  }
})

test('[RR8] whoever takes the file may refuse it, and then nothing more of the form is read', async () => {
  let read = 0
  async function* endless() {
    yield Buffer.from(file('f', '').slice(0, -2))
    for (; ; read += 1) yield Buffer.alloc(64 * 1024, 'x')
  }
  const refuse = async () => {
    throw new AppError('storage_unavailable')
  }
  await assert.rejects(readForm(type, endless(), refuse), { code: 'storage_unavailable' })
  assert.ok(read < 5, `${read} pieces were read`)
})

test('[RR8] a form is read no faster than its file is taken', async () => {
  let read = 0
  const held = Promise.withResolvers<void>()
  async function* endless() {
    yield Buffer.from(file('f', '').slice(0, -2))
    for (; read < 200; read += 1) yield Buffer.alloc(64 * 1024, 'x')
    yield Buffer.from(`\r\n${end}`)
  }
  let taken = 0
  const reading = readForm(type, endless(), async ({ bytes }) => {
    await held.promise
    for await (const chunk of bytes) taken += chunk.length
  })
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(read < 5, `${read} pieces were read before anybody took them`)
  held.resolve()
  await reading
  assert.equal(taken, 200 * 64 * 1024)
})

test('[RR8] a form has one file, few fields, and short ones', async () => {
  const { take } = taker()
  const refused = (...form: string[]) =>
    assert.rejects(readForm(type, pieces(...form, end), take), { code: 'too_large' })
  await refused(file('a', 'x'), file('b', 'y'))
  await refused(...Array.from({ length: 17 }, (_, at) => field(`f${at}`, 'x')))
  await refused(field('a', 'x'.repeat(20_000)))
  for (const bad of ['multipart/form-data', `${type}${'b'.repeat(1_000)}`])
    await assert.rejects(readForm(bad, pieces(end), take), { code: 'malformed' })
})

test('[RR8] whoever takes the file may find it too large after some of it', async () => {
  async function* large() {
    yield Buffer.from(file('f', '').slice(0, -2))
    for (let at = 0; at < 64; at += 1) yield Buffer.alloc(64 * 1024, 'x')
    yield Buffer.from(`\r\n${end}`)
  }
  const refuse = async ({ bytes }: FormFile) => {
    let seen = 0
    try {
      for await (const chunk of bytes) {
        seen += chunk.length
        if (seen > 1024 * 1024) throw new AppError('too_large')
      }
    } finally {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await assert.rejects(readForm(type, large(), refuse), { code: 'too_large' })
})
