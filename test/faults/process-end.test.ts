import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { within } from '../harness/recorder.ts'
import { rest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'

/** Runs `work` in the server when it gets SIGUSR2: stands in for a fault of the server. */
const onSignal = (work: string) => [
  '--import',
  `data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${work} })`)}`,
]
const noSignals = process.platform === 'win32' ? 'needs signals' : false

suite('the end of the process', { timeout: 60_000, concurrency: 2 }, () => {
  const faults: [string, string][] = [
    ['an error that nobody caught', `setImmediate(() => { throw new Error('a fault') })`],
    ['a promise that nobody caught', `Promise.reject(new Error('a fault'))`],
  ]
  for (const [what, work] of faults) {
    test(`[END3] ${what} is a fatal line and status 1`, { skip: noSignals }, async () => {
      await using server = await startServer({ nodeArguments: onSignal(work) })
      const { pid } = server
      const ended = server.end()
      process.kill(pid, 'SIGUSR2')
      assert.equal(await ended, 1)
      const line = await server.log.until(({ level }) => level === 'fatal', 'the fatal line')
      assert.match(JSON.stringify(line), /a fault/)
    })

    test(`[LOG1, END3] ${what}, with stdout and stderr that take nothing`, { skip: noSignals }, async () => {
      await using server = await startServer({ nodeArguments: onSignal(`${flood} ${work}`), stdout: 'unread' })
      const { pid } = server
      const ended = server.end()
      process.kill(pid, 'SIGUSR2')
      assert.equal(await within(ended, 'the end', 5_000), 1)
    })
  }

  test('[LOG5] a warning of Node is a line of the log', { skip: noSignals }, async () => {
    await using server = await startServer({ nodeArguments: onSignal(`process.emitWarning('mind this')`) })
    process.kill(server.pid, 'SIGUSR2')
    const line = await server.log.until(({ msg }) => msg === 'a warning of Node', 'the warning')
    assert.equal(line.level, 'warn')
    assert.match(JSON.stringify(line), /mind this/)
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
  })

  test('[END2] a second SIGTERM ends the process at once', { skip: noSignals }, async () => {
    await using server = await startServer()
    const client = connect(server.port, '127.0.0.1')
    await once(client, 'connect')
    client.on('error', () => undefined)
    client.write(
      'POST /api/message HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    )
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200, 'what was sent before has arrived')
    const { pid } = server
    const began = performance.now()
    const ended = server.end()
    process.kill(pid, 'SIGTERM')
    await server.log.until(({ msg }) => msg === 'stopping', 'the stop')
    const again = setInterval(() => process.kill(pid, 'SIGTERM'), 300)
    try {
      assert.equal(await ended, 143)
    } finally {
      clearInterval(again)
    }
    assert.ok(performance.now() - began < 3_000)
  })

  test('a refused start exits with 1 even if its sentence cannot be written', {
    skip: existsSync('/dev/full') ? false : 'needs /dev/full',
  }, async () => {
    const full = openSync('/dev/full', 'w')
    const program = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
    const env = { PATH: process.env['PATH'] ?? '', PORT: 'none' }
    const child = spawn(process.execPath, [program], { stdio: ['ignore', full, full], env })
    closeSync(full)
    const [status] = await within(once(child, 'exit'), 'the end', 10_000)
    assert.equal(status, 1)
  })
})

/** Fills the pipe of stderr directly, without the server's log queue. */
const flood = `for (let i = 0; i < 64; i++) process.stderr.write('x'.repeat(65536));`
