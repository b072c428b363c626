import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bodyOf, raw, serve } from '../testing/http.ts'
import { createWeb, type WebDeps } from './web.ts'

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

function serveApp(t: TestContext, folder = builtApp(t), given: Partial<WebDeps> = {}) {
  const where = { publicUrl: null, basePath: '' }
  const web = createWeb({ folder, forceHttps: false, ...where, publicRoomName: async () => null, ...given })
  const { publicUrl, basePath } = { ...where, ...given }
  return serve(t, { mount: web.mount, answerUnknown: web.answerUnknown, publicUrl, basePath })
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
  for (const path of ['/nowhere', '/apiary', '/r/', '/r/a/b'])
    assert.equal((await fetch(base + path)).status, 404, `${path}: what asks for no page gets none`)
  assert.equal((await fetch(`${base}/r/0198`, { headers: { accept: 'application/json' } })).status, 404)
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
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data: blob:;media-src 'self';connect-src 'self';font-src 'self';manifest-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  )
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  const secure = await serveApp(t, builtApp(t), { forceHttps: true })
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

test('[A1] the own paths of the app are a page to who takes anything, or says nothing of what they take', async (t) => {
  const { base, port } = await serveApp(t)
  for (const path of ['/r/0198', '/r/0198/?x=1', '/account', '/rooms', '/setup'])
    for (const accept of ['*/*', 'text/*', 'text/html']) {
      const answer = await fetch(base + path, { headers: { accept } })
      assert.deepEqual([answer.status, await answer.text()], [200, page], `${path} as ${accept}`)
      assert.equal((await fetch(base + path, { method: 'HEAD', headers: { accept } })).status, 200)
    }
  assert.match(await raw(port, 'GET /r/0198 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /)
})

const head =
  '<!doctype html><html><head><title>Parlor</title><script src="./assets/index-4f2a.js"></script></head></html>'

/** An app whose page has a head, in which rooms have these names. */
function servePreviews(t: TestContext, names: (id: string) => Promise<string | null>, given: Partial<WebDeps> = {}) {
  const folder = builtApp(t)
  writeFileSync(join(folder, 'index.html'), head)
  return serveApp(t, folder, { publicRoomName: names, publicUrl: 'https://parlor.test/chat', ...given })
}

test('[A7] a preview names a room that anyone may read, and says nothing of any other', async (t) => {
  const names: Record<string, string> = { choir: 'The choir', odd: `"><script>alert("&$&'\u0060")</script>` }
  const { base } = await servePreviews(t, async (id) => names[id] ?? null)
  const read = async (path: string) => (await fetch(base + path)).text()
  const choir = await read('/r/choir')
  assert.match(choir, /<meta property="og:title" content="The choir">/)
  assert.match(choir, /<meta property="og:type" content="website">/)
  assert.match(choir, /<meta property="og:description" content="[^"]+">/)
  assert.match(choir, /<meta property="og:url" content="https:\/\/parlor\.test\/chat\/r\/choir">/)
  const odd = await read('/r/odd/')
  assert.equal(odd.match(/<script/g)?.length, 1)
  assert.ok(odd.includes('content="&quot;&gt;&lt;script&gt;alert(&quot;&amp;$&amp;'))
  assert.equal(await read('/r/secret'), (await read('/r/nowhere')).replaceAll('nowhere', 'secret'))
  assert.match(await read('/r/secret'), /og:title" content="Parlor"/)
  assert.match(await read('/account'), /og:url" content="https:\/\/parlor\.test\/chat"/)
  assert.ok(!(await read('/r/%E0%A4%A')).includes('%E0'))
  const policy = (await fetch(`${base}/r/odd`)).headers.get('content-security-policy')
  assert.equal(policy, (await fetch(`${base}/`)).headers.get('content-security-policy'))
})

test('[A7] the page does not wait for a database that does not answer, and fails with none', async (t) => {
  const names = (id: string) =>
    id === 'frozen' ? new Promise<string | null>(() => {}) : Promise.reject(new Error('gone'))
  const { base } = await servePreviews(t, names)
  for (const id of ['frozen', 'gone'])
    assert.match(await (await fetch(`${base}/r/${id}`)).text(), /og:title" content="Parlor"/)
})

test('[B1] under a path the page names its files there, and all is served with the path and without', async (t) => {
  const { base } = await servePreviews(t, async () => null, { basePath: '/chat' })
  for (const path of ['/', '/chat', '/chat/', '/chat/r/0198', '/r/0198', '/chat/account'])
    assert.match(await (await fetch(base + path)).text(), /<script src="\/chat\/assets\/index-4f2a\.js">/, path)
  for (const path of ['/chat/assets/index-4f2a.js', '/assets/index-4f2a.js', '/chat/api/notes/a'])
    assert.equal((await fetch(base + path)).status, 200, path)
  assert.equal((await fetch(`${base}/chat/api/nothing`)).status, 404)
  assert.equal((await fetch(`${base}/chatty/api/notes/a`)).status, 404)
})
