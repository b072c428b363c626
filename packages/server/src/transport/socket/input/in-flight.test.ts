import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import type { WebSocket } from 'ws'
import { createSocketHarness } from '../../testing/socket.ts'
import { createSteppedIntake, openPolled, openRaw } from '../../testing/raw-clients.ts'

/** 16 KiB that are not counted, and so many that are. */
const beyond = (kib: number) => 'x'.repeat((16 + kib) * 1024)
/** All that the socket sent before has been read. */
const isRead = async ({ socket }: { socket: WebSocket }) => {
  socket.ping()
  await once(socket, 'pong')
}

test('[S3] unfinished frames beyond what an address may hold close 1013, and those that end are let go', async () => {
  await using door = await createSocketHarness({ addressBytes: 200 * 1024 })
  const [held, other] = [await openRaw(door.port), await openRaw(door.port)]
  await other.connected()
  held.socket.send(`4${beyond(120)}`, { fin: false })
  await isRead(held)
  for (let n = 0; n < 5; n += 1) {
    other.socket.send(`42${n}["wait",{"a":"${beyond(70)}"}]`)
    await other.hears(`43${n}[{"ok":true`)
  }
  // Pings between its fragments make no message of it.
  other.socket.send(`4${beyond(70)}`, { fin: false })
  await isRead(other)
  other.socket.send(beyond(70))
  assert.equal(await other.closed, 1013)
  held.socket.terminate()
  const isTaken = async () => {
    const next = await openRaw(door.port)
    await next.connected()
    next.socket.send(`421["wait",{"a":"${beyond(190)}"}]`)
    const heard = once(next.socket, 'message').then(() => true)
    return Promise.race([heard, next.closed.then(() => false)])
  }
  while (!(await isTaken())) await isRead(await openRaw(door.port))
})

test('[S3] the attachments of a packet count until the last has come', async () => {
  await using door = await createSocketHarness({ addressBytes: 200 * 1024 })
  const [held, other] = [await openRaw(door.port), await openRaw(door.port)]
  await held.connected()
  await other.connected()
  const event = '452-1["echo",{"data":{"_placeholder":true,"num":0},"more":{"_placeholder":true,"num":1}}]'
  for (const raw of [held, other]) raw.socket.send(event)
  held.socket.send(Buffer.from(beyond(120)))
  await isRead(held)
  other.socket.send(Buffer.alloc(40 * 1024))
  other.socket.send(Buffer.from(beyond(10)))
  await other.hears('431[{"ok":true')
  other.socket.send(event)
  other.socket.send(Buffer.from(beyond(60)))
  await isRead(other)
  held.socket.send(Buffer.from(beyond(10)))
  assert.equal(await held.closed, 1013)
})

test('[S3] polled bodies are counted with the frames', async () => {
  await using door = await createSocketHarness({ addressBytes: 200 * 1024 })
  const held = await openRaw(door.port)
  held.socket.send(`4${beyond(120)}`, { fin: false })
  await isRead(held)
  assert.equal(await (await openPolled(door.port))(`4${beyond(120)}`, false), 429)
  held.socket.terminate()
  const whole = `40\u001e42["wait",{"a":"${beyond(120)}"}]`
  while ((await (await openPolled(door.port))(whole)) !== 200) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('[S9] a polled body waits until the packets of the earlier ones had their turn, and those are in-flight bytes', async () => {
  const inputQueue = createSteppedIntake()
  await using door = await createSocketHarness({ addressBytes: 200 * 1024, inputQueue })
  const [first, other] = [await openPolled(door.port), await openPolled(door.port)]
  assert.equal(await first('40'), 200)
  // The first body is read and split, and its packets wait.
  inputQueue.step(2)
  const packets = Array.from({ length: 900 }, () => '42["wait",{}]').join('\u001e')
  assert.equal(await first(packets), 200)
  let isTaken = false
  const second = first('42["wait",{}]').then((status) => {
    isTaken = true
    return status
  })
  assert.equal(await other(`4${beyond(10)}`), 429)
  assert.equal(isTaken, false)
  inputQueue.step(Number.POSITIVE_INFINITY)
  assert.equal(await second, 200)
  assert.equal(await (await openPolled(door.port))(`40\u001e42["wait",{"a":"${beyond(190)}"}]`), 200)
})
