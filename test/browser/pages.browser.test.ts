import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { accessibilityFaults } from './harness/axe.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('the pages', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('the first page loads at most 60 KB of packed script, and nothing of another host', async (t) => {
    const { page, the } = await browsers.visitor(t, server.url)
    let script = 0
    const hosts = new Set<string>()
    await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
    page.on('response', (response) => {
      hosts.add(new URL(response.url()).origin)
      const headers = response.headers()
      if (headers['content-type']?.startsWith('text/javascript')) script += Number(headers['content-length'])
    })
    await page.goto('/', { waitUntil: 'networkidle' })
    await the('heading', 'Open a room, send the link, talk.').waitFor()
    assert.deepEqual([...hosts], [server.url])
    t.diagnostic(`${(script / 1000).toFixed(1)} KB`)
    assert.ok(script > 0 && script <= 60_000, `${script} bytes`)
  })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const isPhone of [false, true])
      it(`the landing page, ${colorScheme}, on a ${isPhone ? 'phone' : 'desktop'}`, async (t) => {
        const { page, the } = await browsers.visitor(t, server.url, { colorScheme, isPhone })
        await page.goto('/')
        await the('heading', 'Open a room, send the link, talk.').waitFor()
        assert.deepEqual(await accessibilityFaults(page), [])
      })
})
