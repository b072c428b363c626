import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createCaps, guardSockets } from '../guards/caps.ts'
import { readEngineTarget } from './engine-query.ts'
import { raw } from '../testing/http.ts'
import { createSocketHarness } from '../testing/socket.ts'

test('[S4] the target is read once, and one that could be read in two ways is ambiguous', () => {
  const read = (query: string) => readEngineTarget(`/socket.io/?${query}`)
  const open = { EIO: '4', transport: 'polling', sid: '' }
  assert.deepEqual(read('EIO=4&transport=polling&t=x1'), open)
  assert.deepEqual(readEngineTarget('/socket.io?EIO=4&transport=polling'), open)
  assert.deepEqual(read('EIO=4&transport=polling&sid=abc'), { ...open, sid: 'abc' })
  assert.deepEqual(read('%45IO=4&transport=%70olling&%73id=a%2Bc'), { ...open, sid: 'a+c' })
  assert.deepEqual(read('EIO=4&transport=polling&room=1&room=2'), open, 'names that nobody reads may stand twice')
  assert.deepEqual(read(''), { EIO: '', transport: '', sid: '' })
  for (const query of [
    'EIO=4&transport=polling&sid=x&sid=',
    'EIO=4&transport=polling&sid=&%73id=x',
    'EIO=4&transport=polling&sid=x&sid=x',
    'EIO=4&EIO=3&transport=polling',
    'EIO=4&transport=websocket&transport=polling',
    'EIO=4&transport=polling#&sid=x',
    'EIO=4&transport=polling&#',
    'EIO=4&transport=polling&j=0',
    'EIO=4&transport=polling&j=',
  ])
    assert.equal(read(query), 'ambiguous', query)
  for (const elsewhere of [
    '/',
    '/socket.iox/?EIO=4',
    '//socket.io/?EIO=4',
    '/SOCKET.IO/',
    '/socket.io/x',
    '/socket.io#?',
  ])
    assert.equal(readEngineTarget(elsewhere), null, elsewhere)
})

/** Targets that our guard and engine.io could take for different requests. */
const doubtful = [
  '/socket.io/?EIO=4&transport=websocket&sid=x&sid=',
  '/socket.io/?EIO=4&transport=websocket&sid=&sid=x',
  '/socket.io/?EIO=4&transport=websocket&sid=x&%73id=',
  '/socket.io/?EIO=4&transport=websocket#&sid=x',
  '/socket.io/?EIO=4&transport=websocket&#sid=x',
  '/socket.io/?EIO=4&transport=websocket&transport=polling',
  '/socket.io/?EIO=4&transport=polling&transport=websocket',
  '/socket.io/?EIO=3&transport=websocket&EIO=4',
  '/socket.io/?EIO=4&transport=polling#&sid=x',
  '/socket.io/?EIO=4&transport=polling&sid=x&sid=',
  '/socket.io/?EIO=4&transport=polling&sid',
  '/socket.io/?EIO=4&transport=polling&sid=%',
  '/socket.io/?EIO=4&transport=polling&sid=&j=0',
  '/socket.io?EIO=4&transport=polling&;sid=x',
  '/socket.io/?EIO=4&transport=polling&?sid=x',
  '/socket.io/?EIO=4&transport=polling&SID=x',
  '/socket.io/?EIO=4&transport=polling&sid%00=x',
  '/socket.io/?EIO=4&transport=polling&sid%3D=x',
]

const upgrade = () =>
  `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n`

/** Asks so often, as request and as upgrade, and answers how often a session was opened. */
async function opened(port: number, target: string, times: number): Promise<number> {
  const requests = Array.from({ length: times }, (_, n) => {
    const head = n % 2 === 0 ? upgrade() : 'Connection: close\r\n'
    return raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\n${head}\r\n`, /\r\n\r\n[^]/)
  })
  const answers = await Promise.all(requests)
  return answers.filter((answer) => /^HTTP\/1\.1 101 |"sid":"/.test(answer)).length
}

const rareHandshakes = { burst: 2, perSecond: 0.001 }
const anyHandshakes = { burst: 1000, perSecond: 1000 }

for (const target of doubtful) {
  test(`[S4] the handshake limit and the cap on connections hold for ${target}`, { timeout: 20_000 }, async () => {
    const settings = { origins: () => true, forceHttps: false }
    for (const handshakes of [rareHandshakes, anyHandshakes]) {
      const buckets = createLocalBuckets({ clock: manualTime().clock })
      const caps = createCaps({ connections: 2, handshakes, buckets })
      let open = 0
      const connections = {
        ...guardSockets(caps, settings),
        opened: (address: string) => {
          if (!caps.opened(address)) return false
          open += 1
          assert.ok(open <= 2, `${open} at once`)
          return true
        },
        closed: (address: string) => {
          open -= 1
          caps.closed(address)
        },
      }
      await using harness = await createSocketHarness({ connections, closeTimeout: 50 })
      const count = await opened(harness.port, target, 12)
      if (handshakes === rareHandshakes) assert.ok(count <= 2, `${count} sessions`)
    }
  })
}

test('[S4] polling by script is refused', async () => {
  await using harness = await createSocketHarness()
  const reply = await fetch(`http://127.0.0.1:${harness.port}/socket.io/?EIO=4&transport=polling&j=0`)
  assert.equal(reply.status, 400)
  assert.match(reply.headers.get('content-type') ?? '', /json/)
})
