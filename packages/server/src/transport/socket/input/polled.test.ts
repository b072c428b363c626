import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { raw } from '../../testing/http.ts'
import { createSocketHarness } from '../../testing/socket.ts'
import { createSteppedIntake, openPolled, stillServes } from '../../testing/raw-clients.ts'

test('[G7] a polled body is split into packets in its turn, and one that breaks off ends its session', async () => {
  const inputQueue = createSteppedIntake()
  await using door = await createSocketHarness({ inputQueue })
  const post = await openPolled(door.port)
  assert.equal(await post('40'), 200)
  inputQueue.step(1)
  let isAnswered = false
  const whole = post('42["wait",{}]').then((status) => {
    isAnswered = true
    return status
  })
  await stillServes(door)
  assert.equal(isAnswered, false)
  inputQueue.step(Number.POSITIVE_INFINITY)
  assert.equal(await whole, 200)
  const [other, begun] = [await openPolled(door.port), await openPolled(door.port)]
  assert.equal(await other('40'), 200)
  await begun('40')
  const broken = connect(door.port, '127.0.0.1')
  broken.end(`POST ${begun.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n42`)
  broken.resume()
  await once(broken, 'close')
  assert.equal(await begun('42["wait",{}]'), 400)
  assert.equal(await other('42["wait",{}]'), 200)
})

test('[S2] a polled body of too many packets that arrived whole before its turn is refused once', async () => {
  await using door = await createSocketHarness({ inputQueue: { take: (_source, work) => void setImmediate(work) } })
  const base = '/socket.io/?EIO=4&transport=polling'
  const { sid } = JSON.parse((await (await fetch(`http://127.0.0.1:${door.port}${base}`)).text()).slice(1))
  const body = Array.from({ length: 1001 }, () => '3').join('\u001e')
  const head = `POST ${base}&sid=${sid} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  assert.equal((await raw(door.port, head + body)).match(/HTTP\/1\.1 413 /g)?.length, 1)
  await stillServes(door)
})

test('[S2] a polled body of more packets than allowed is refused', async () => {
  await using door = await createSocketHarness({ maxValues: 1000 })
  assert.equal(await (await openPolled(door.port))(Array.from({ length: 1001 }, () => '3').join('\u001e'), false), 413)
  await stillServes(door)
})

test('a polled body over the limit is refused with 413', async () => {
  await using door = await createSocketHarness({ maxPayload: 1000 })
  const base = `http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=polling`
  const opened = await (await fetch(base)).text()
  const { sid } = JSON.parse(opened.slice(1))
  const response = await fetch(`${base}&sid=${sid}`, { method: 'POST', body: '4'.repeat(2000) })
  assert.equal(response.status, 413)
  await stillServes(door)
})

test('[H7] other methods on an open polling session are 405 with Allow', async () => {
  await using door = await createSocketHarness()
  const base = `http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1))
  for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
    const { status, headers } = await fetch(`${base}&sid=${sid}`, { method })
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, POST, OPTIONS'], method)
  }
  await stillServes(door)
})
