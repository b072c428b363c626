import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { asyncApiDocument, schemasOf } from './asyncapi.ts'
import { mountDocs } from './docs.ts'
import { contracts, info } from '../testing/contracts.ts'
import { serve } from '../testing/http.ts'
import { openApiDocument } from './openapi.ts'
import { convertInPieces } from './schema.ts'

const serveDocs = (t: TestContext) =>
  serve(t, {
    mount: (app) =>
      mountDocs(app, {
        openApi: () => openApiDocument(info, contracts),
        asyncApi: () => asyncApiDocument(info, contracts),
        forceHttps: false,
        basePath: '',
      }),
  })

test('serves the documents as they were generated', async (t) => {
  const { base } = await serveDocs(t)
  const openApi = await fetch(`${base}/docs/openapi.json`)
  assert.equal(openApi.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.deepEqual(await openApi.json(), JSON.parse(JSON.stringify(openApiDocument(info, contracts))))
  const asyncApi = await fetch(`${base}/docs/asyncapi.json`)
  assert.deepEqual(await asyncApi.json(), JSON.parse(JSON.stringify(asyncApiDocument(info, contracts))))
})

test('the pages load nothing from another host and run no script but files of this server', async (t) => {
  const { base } = await serveDocs(t)
  for (const path of ['/docs', '/docs/', '/docs/events']) {
    const page = await fetch(base + path)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'self';script-src 'self';/)
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval/)
    const html = await page.text()
    assert.doesNotMatch(html, /(?:src|href)="(?!\/)/)
    assert.doesNotMatch(html, /<script(?! src="\/)|\son\w+=/)
    for (const [, file = ''] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      assert.equal((await fetch(base + file, { method: 'HEAD' })).status, 200, file)
  }
  const start = await (await fetch(`${base}/docs/start.js`)).text()
  assert.match(start, /"withDefaultFonts":false/)
  assert.match(start, /"telemetry":false/)
})

test("the reference's script comes packed to who can unpack it", async (t) => {
  const { base } = await serveDocs(t)
  const packed = await fetch(`${base}/docs/scalar.js`)
  assert.equal(packed.headers.get('content-encoding'), 'gzip')
  const plain = await fetch(`${base}/docs/scalar.js`, { headers: { 'accept-encoding': 'identity' } })
  assert.equal(plain.headers.get('content-encoding'), null)
  const text = await plain.text()
  assert.equal(await packed.text(), text)
  assert.match(text, /createApiReference/)
})

test('[A6] a document is made in pieces, and the reference by a thread: the event loop goes on', async (t) => {
  const converted = await convertInPieces(schemasOf(contracts), 'draft-2020-12')
  assert.deepEqual(openApiDocument(info, contracts, converted), openApiDocument(info, contracts))
  const { base } = await serveDocs(t)
  await (await fetch(`${base}/docs/start.js`)).text()
  const before = process.threadCpuUsage()
  const script = await fetch(`${base}/docs/scalar.js`, { method: 'HEAD' })
  const { user, system } = process.threadCpuUsage(before)
  assert.equal(script.status, 200)
  // It took 200 ms of this thread.
  assert.ok((user + system) / 1000 < 100, `${(user + system) / 1000} ms`)
})

test('[A6] compresses each document once, not for a request, and answers 304 to a known etag', async (t) => {
  const { base } = await serveDocs(t)
  for (const path of [
    '/docs',
    '/docs/events',
    '/docs/openapi.json',
    '/docs/asyncapi.json',
    '/docs/start.js',
    '/docs/scalar.js',
  ]) {
    const plain = { headers: { 'accept-encoding': 'identity' } }
    const { headers } = await fetch(base + path, plain)
    const etag = headers.get('etag') ?? ''
    assert.equal(headers.get('vary'), 'Origin, Accept-Encoding', path)
    const again = await fetch(base + path, { headers: { ...plain.headers, 'if-none-match': etag } })
    assert.equal(again.status, 304, path)
    const packed = await fetch(base + path)
    assert.equal(packed.headers.get('content-encoding'), 'gzip', path)
    assert.notEqual(packed.headers.get('etag'), etag, path)
  }
  const before = process.threadCpuUsage()
  const script = () => fetch(`${base}/docs/scalar.js`, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })
  for (let n = 0; n < 50; n += 1)
    assert.equal((await script()).headers.get('content-length'), (await script()).headers.get('content-length'))
  const { user, system } = process.threadCpuUsage(before)
  // Unpacking it took 40 ms each time.
  assert.ok((user + system) / 1000 < 1000, `${(user + system) / 1000} ms`)
})
