import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInfoLine, createLog, type LogLevel } from './log.ts'

function harness(level: LogLevel) {
  const lines: string[] = []
  const log = createLog({ level, service: 'parlor' }, { write: (line) => void lines.push(line) })
  return { lines, log, info: createInfoLine(log) }
}

const withoutTime = (line: string | undefined) => line?.replace(/"time":"[\dT:.-]+Z"/, '"time"')

test('an info line equals the line that log.info writes for the same fields', () => {
  const { lines, log, info } = harness('info')
  log.info({ request_id: 'a', status: 200 }, 'request')
  info('"request_id":"a","status":200', 'request')
  assert.equal(lines.length, 2)
  assert.equal(withoutTime(lines[1]), withoutTime(lines[0]))
  assert.match(lines[1] ?? '', /"time":"\d{4}-\d\d-\d\dT[\d:.]+Z"/)
})

test('an info line has the time at which it was written', async () => {
  const { lines, info } = harness('info')
  const timeOf = (line = '') => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '')
  const started = Date.now()
  info('"status":200', 'request')
  while (Date.now() === started) await new Promise((resolve) => setImmediate(resolve))
  info('"status":200', 'request')
  assert.ok(timeOf(lines[0]) >= started)
  assert.ok(timeOf(lines[1]) > started)
})

test('[LOG6] an info line contains no secret, and is not written above its level', () => {
  const { lines, info } = harness('info')
  info('"request_id":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"', 'request')
  assert.doesNotMatch(lines[0] ?? '', /eyJ/)
  const quiet = harness('warn')
  quiet.info('"request_id":"a"', 'request')
  assert.deepEqual(quiet.lines, [])
})
