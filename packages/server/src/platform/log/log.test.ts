import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, type LogLevel } from './log.ts'

function record(level: LogLevel = 'info') {
  const lines: string[] = []
  const log = createLog({ level, service: 'parlor' }, { write: (line) => void lines.push(line) })
  return { log, lines }
}

test('a line is one JSON object with time, level, service and the fields of its child', () => {
  const { log, lines } = record()
  log.child({ request_id: 'r1' }).info({ room_id: 'x' }, 'joined')
  assert.equal(lines.length, 1)
  const line = JSON.parse(lines[0] ?? '')
  assert.equal(line.level, 'info')
  assert.equal(line.service, 'parlor')
  assert.equal(line.request_id, 'r1')
  assert.equal(line.room_id, 'x')
  assert.equal(line.msg, 'joined')
  assert.match(line.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test('lines under the level are not written', () => {
  const { log, lines } = record('warn')
  log.info('no')
  log.warn('yes')
  assert.equal(lines.length, 1)
})

test('an error keeps its message, stack and cause', () => {
  const { log, lines } = record()
  log.error(new Error('outer', { cause: new Error('inner') }))
  const { err } = JSON.parse(lines[0] ?? '')
  assert.match(err.message, /outer/)
  assert.match(err.stack, /inner/)
})

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJlLXNlY3JldA'
const leaks: [string, object | string, string][] = [
  ['a field at any depth', { body: { user: { password: 'hunter2' } } }, 'hunter2'],
  ['a field whose value has quotes', { password: 'hun"ter2' }, 'ter2'],
  ['an authorization header', { headers: { Authorization: 'Bearer abcdefgh' } }, 'abcdefgh'],
  ['a query string', { url: '/api/events?room_id=a&access_token=abcdefgh&x=1' }, 'abcdefgh'],
  ['a token by its shape', `refused ${jwt} at the door`, jwt],
  ['a header inside a sentence', 'got Bearer abcdefgh from a client', 'abcdefgh'],
  ['an error', new Error(`cannot verify ${jwt}`), jwt],
  ['the password of a database URL', 'connecting to postgres://parlor:hunter2@db/parlor', 'hunter2'],
]
for (const [what, logged, secret] of leaks) {
  test(`[LOG6] secrets are not written: ${what}`, () => {
    const { log, lines } = record()
    if (typeof logged === 'string') log.info(logged)
    else log.info(logged)
    assert.equal(lines.length, 1)
    assert.doesNotMatch(lines[0] ?? '', new RegExp(secret))
    assert.match(lines[0] ?? '', /\[redacted\]/)
    JSON.parse(lines[0] ?? '')
  })
}

test('[LOG6] text without secrets stays as it is', () => {
  const { log, lines } = record()
  log.info(
    { url: '/api/rooms/a/messages?before=12&limit=50', status: 404, code: 'not_found' },
    'http://127.0.0.1:3001/x',
  )
  assert.match(lines[0] ?? '', /before=12&limit=50/)
  assert.match(lines[0] ?? '', /"code":"not_found"/)
  assert.match(lines[0] ?? '', /127\.0\.0\.1:3001\/x/)
})
