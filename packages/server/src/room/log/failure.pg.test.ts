import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { Client } from 'pg'
import { type Postgres, postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { call, codeOf, createRoom, createWorld, openPostgresAt, say, type World } from '../testing/engine.ts'

suite('the engine when PostgreSQL is away, busy or shared', { skip: postgresMissing }, () => {
  let server: Postgres
  before(async () => {
    server = await sharedPostgres()
  })
  after(() => server.stop())

  test('[C8] a lost database refuses its commits and delivers nothing of them; once back, repeats are answered', async () => {
    const url = await server.createDatabase('away')
    const line = await createLine(url)
    const world = createWorld(await openPostgresAt(line.url))
    const room = await createRoom(world.engine)
    const calls = Array.from({ length: 40 }, (_, n) => call(room.id, [say(`w${n}`)], { client_id: `c${n}` }))
    const first = calls.map((each) => codeOf(world.engine.commit(each)))
    setImmediate(line.cut)
    const answers = await Promise.all([...first, codeOf(world.engine.find(room.id))])
    assert.ok(answers.includes('storage_unavailable'))
    assert.equal(await codeOf(world.engine.commit(call(room.id, [say('while away')]))), 'storage_unavailable')
    assert.equal(await world.db.alive(), false)
    const told = world.batches.reduce((sum, { entries }) => sum + entries.length, 0)
    assert.equal(told - 1, answers.filter((code) => code === 'ok').length)

    await line.restore()
    const again = await Promise.all(calls.map((each) => world.engine.commit(each)))
    const seqs = again.map(({ events }) => events[0]?.seq).toSorted((a, b) => (a ?? 0) - (b ?? 0))
    assert.deepEqual(
      seqs,
      calls.map((_, n) => n + 2),
    )
    assert.equal((await world.engine.find(room.id))?.last_seq, 41)
    await world.close()
    line.close()
  })

  test('[C1] [C3] two nodes that write one room get gap-free seqs, and each event is published once', async () => {
    const url = await server.createDatabase('two_nodes')
    const nodes = [createWorld(await openPostgresAt(url)), createWorld(await openPostgresAt(url))]
    const [one] = nodes
    assert.ok(one)
    const room = await createRoom(one.engine)
    const send = async ({ engine }: World, name: string) => {
      for (let n = 0; n < 30; n++) await engine.commit(call(room.id, [say(name)], { client_id: `${n}` }))
    }
    const replays = await Promise.all(nodes.flatMap((node, n) => [send(node, `${n}a`), send(node, `${n}b`)]))
    assert.equal(replays.length, 4)
    const { entries, room: end } = await one.engine.readLog(room.num, 0, 1000)
    // All four used the same client_ids as the same sender: each was stored once, whoever came first.
    assert.equal(end.last_seq, 31)
    assert.deepEqual(
      entries.map((entry) => (entry.kind === 'event' ? entry.event.seq : 0)),
      Array.from({ length: 31 }, (_, n) => n + 1),
    )
    const told = nodes.flatMap(({ batches }) => batches.flatMap((batch) => batch.entries))
    assert.equal(told.length, 31)
    for (const node of nodes) await node.close()
  })

  test('[C10] of two nodes that create a room with the same id, one succeeds and the other is refused', async () => {
    const url = await server.createDatabase('create')
    const nodes = [createWorld(await openPostgresAt(url)), createWorld(await openPostgresAt(url))]
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(nodes.map(({ engine }) => codeOf(createRoom(engine, `room ${round}`))))
      assert.deepEqual(answers.toSorted(), ['ok', 'room_exists'])
    }
    for (const node of nodes) await node.close()
  })

  test('[C8] answers room_busy for a locked room only', async () => {
    const url = await server.createDatabase('locked')
    const world = createWorld(await openPostgresAt(url))
    const [room, other] = [await createRoom(world.engine), await createRoom(world.engine)]
    const holder = new Client(url)
    await holder.connect()
    await holder.query(`BEGIN; SELECT 1 FROM rooms WHERE num = ${room.num} FOR UPDATE`)
    const [busy, free] = await Promise.all(
      [room, other].map(({ id }) => codeOf(world.engine.commit(call(id, [say('x')])))),
    )
    assert.deepEqual([busy, free], ['room_busy', 'ok'])
    await holder.end()
    assert.equal(await codeOf(world.engine.commit(call(room.id, [say('x')]))), 'ok')
    await world.close()
  })
})

/** A line to the server that can be cut, as when the server is killed or the network fails, and restored. */
async function createLine(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const relay = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  const listen = async (port: number) => {
    relay.listen(port, '127.0.0.1')
    await once(relay, 'listening')
    const address = relay.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const port = await listen(0)
  const cut = () => {
    relay.close()
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    cut,
    restore: () => listen(port),
    close: cut,
  }
}
