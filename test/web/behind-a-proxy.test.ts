import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { rest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'

type Health = { warnings?: string[] }

suite('behind a proxy', { timeout: 60_000 }, () => {
  test('[O4] the log and health report a proxy that TRUST_PROXY does not name', async () => {
    await using server = await startServer({ env: { TRUST_PROXY: 'false' } })
    const headers = { 'x-forwarded-for': '198.51.100.1' }
    const ask = async () => (await rest<Health>(server.url, 'GET', '/api/health', { headers })).body.warnings
    for (let n = 0; n < 19; n += 1) assert.equal(await ask(), undefined)
    assert.match((await ask())?.join() ?? '', /TRUST_PROXY/)
    for (let n = 0; n < 5; n += 1) await ask()
    type Line = (typeof server.log.items)[number]
    const isNotice = ({ level, msg }: Line) => level === 'warn' && msg?.includes('X-Forwarded-For') === true
    await server.log.until(isNotice, 'the line in the log')
    await server.stop()
    assert.equal(server.log.items.filter(isNotice).length, 1)
  })
})
