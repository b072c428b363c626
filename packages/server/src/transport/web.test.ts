import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bodyOf, raw, serve } from './http-fixture.ts'
import { createWeb } from './web.ts'

const page = '<!doctype html><title>The app</title>'
const script = `console.log(${JSON.stringify('long enough to be worth packing '.repeat(50))})`

/** A folder as the build leaves it. */
function builtApp(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-web-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const files = {
    'index.html': page,
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'assets/index-4f2a.js': script,
    'assets/index-4f2a.js.gz': gzipSync(script),
    'assets/index-4f2a.js.br': brotliCompressSync(script),
    '.built': 'a hash',
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

function serveApp(t: TestContext, folder = builtApp(t), forceHttps = false) {
  const web = createWeb({ folder, forceHttps })
  return serve(t, { mount: web.mount, answerUnknown: web.answerUnknown })
}

const navigation = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('[A1] whoever navigates gets the app, wherever it is that they go', async (t) => {
  const { base } = await serveApp(t)
  for (const path of ['/', '/r/0198', '/r/0198/', '/account?tab=sessions', '/apiary']) {
    const answer = await fetch(base + path, { headers: navigation })
    assert.equal(answer.status, 200, path)
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(await answer.text(), page)
    const head = await fetch(base + path, { method: 'HEAD', headers: navigation })
    assert.equal(head.status, 200)
    assert.equal(head.headers.get('content-length'), String(page.length))
  }
  assert.equal((await fetch(`${base}/`)).status, 200, 'the root is the app for everyone')
})

test('[A1] programs get their 404 and 405 as before', async (t) => {
  const { base } = await serveApp(t)
  const unknown = [
    ...['/api', '/api/nothing', '/socket.io/nothing', '/docs/nothing', '/metrics/nothing', '/assets/index-old.js'],
    ...['/assets/index-4f2a.js.gz', '/assets/', '/api?a=text/html'],
  ]
  for (const path of unknown) {
    const answer = await fetch(base + path, { headers: navigation })
    assert.equal(answer.status, 404, path)
    assert.equal((await bodyOf(answer))['code'], 'not_found')
  }
  assert.equal((await fetch(`${base}/r/0198`)).status, 404, 'what asks for no page gets none')
  assert.equal((await fetch(`${base}/r/0198`, { method: 'POST', headers: navigation })).status, 404)
  assert.equal((await fetch(`${base}/.built`)).status, 404)
  const other = await fetch(`${base}/api/notes/1`, { method: 'PATCH', headers: navigation })
  assert.equal(other.status, 405)
  assert.equal((await fetch(`${base}/`, { method: 'POST' })).headers.get('allow'), 'GET, HEAD')
})

test('[A1] nothing outside the built files can be named', async (t) => {
  const { port } = await serveApp(t)
  for (const path of ['/../package.json', '/assets/../../package.json', '/assets/%2e%2e/index.html', '//etc/passwd'])
    assert.match(
      await raw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
      /^HTTP\/1\.1 404 /,
      path,
    )
})

test('[A2] assets are kept for ever, the page and the rest is asked for again', async (t) => {
  const { base } = await serveApp(t)
  const asset = await fetch(`${base}/assets/index-4f2a.js`)
  assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  for (const path of ['/', '/icon.svg']) {
    const first = await fetch(base + path, { headers: navigation })
    assert.equal(first.headers.get('cache-control'), 'no-cache')
    const etag = first.headers.get('etag') ?? ''
    assert.match(etag, /^"[\w-]{43}"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await fetch(base + path, { headers: { ...navigation, 'if-none-match': known } })
      assert.equal(again.status, 304, known)
      assert.equal(again.headers.get('etag'), etag)
      assert.equal(again.headers.get('cache-control'), 'no-cache')
    }
    assert.equal((await fetch(base + path, { headers: { 'if-none-match': '"other"' } })).status, 200)
  }
})

test('[A3] files come packed to who can unpack them, each form with a tag of its own', async (t) => {
  const { base } = await serveApp(t)
  const ask = (coding: string) => fetch(`${base}/assets/index-4f2a.js`, { headers: { 'accept-encoding': coding } })
  const tags = new Set<string | null>()
  for (const [accepted, coding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['gzip;q=0.000', null],
    ['identity', null],
  ] as const) {
    const answer = await ask(accepted)
    assert.equal(answer.headers.get('content-encoding'), coding, accepted)
    assert.equal(answer.headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.match(answer.headers.get('vary') ?? '', /Accept-Encoding/)
    assert.equal(await answer.text(), script)
    tags.add(answer.headers.get('etag'))
  }
  assert.equal(tags.size, 3)
  assert.equal((await fetch(`${base}/icon.svg`)).headers.get('content-encoding'), null, 'it has no packed form')
})

test('[A4] the page says what it runs and who may frame it', async (t) => {
  const { base } = await serveApp(t)
  const { headers } = await fetch(`${base}/`)
  assert.equal(
    headers.get('content-security-policy'),
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data: blob:;connect-src 'self';font-src 'self';manifest-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  )
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  const secure = await serveApp(t, builtApp(t), true)
  const policy = (await fetch(`${secure.base}/`)).headers.get('content-security-policy')
  assert.match(policy ?? '', /;upgrade-insecure-requests$/)
})

test('[A5] a server shows what was built when it started; without an app it says how to build it', async (t) => {
  const folder = builtApp(t)
  const { base } = await serveApp(t, folder)
  rmSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), 'half of another build')
  assert.equal(await (await fetch(`${base}/`)).text(), page)
  assert.equal((await fetch(`${base}/assets/index-4f2a.js`)).status, 200)

  const bare = await serveApp(t, join(folder, 'nowhere'))
  for (const path of ['/', '/r/0198']) {
    const answer = await fetch(bare.base + path, { headers: navigation })
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /not built.*npm start/)
  }
  assert.equal((await fetch(`${bare.base}/api/notes/1`)).status, 200)
})
