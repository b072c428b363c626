import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOrigins } from './origins.ts'

const list = [
  'http://localhost:*',
  'http://127.0.0.1:*',
  'file://*',
  'https://app.example.org',
  'https://Ports.Example.org:443',
  'http://plain.example.org:80',
  'https://odd.example.org:8443',
  'https://bücher.example',
  'app://phone',
]
const host = 'parlor.example.org:3001'
const isAllowed = createOrigins({ list, hostVouches: true })

const allowed = [
  undefined,
  'http://localhost',
  'http://localhost:5173',
  'HTTP://LOCALHOST:5173',
  'http://127.0.0.1:8080',
  'null',
  'file://',
  'https://app.example.org',
  'https://app.example.org:443',
  'https://app.example.org.',
  'https://APP.example.org',
  'https://ports.example.org',
  'http://plain.example.org',
  'https://odd.example.org:8443',
  'https://xn--bcher-kva.example',
  'https://BÜCHER.example',
  'app://phone',
  'http://parlor.example.org:3001',
  'https://parlor.example.org:3001',
  'https://parlor.example.org.:3001',
]
const refused = [
  '',
  'https://evil.example',
  'http://localhost.evil.example',
  'http://localhost:5173.evil.example',
  'http://localhost:',
  'http://localhost:123456',
  'https://localhost:5173',
  'https://app.example.org.evil.example',
  'https://app.example.org:8443',
  'https://app.example.org:80',
  'https://app.example.org/',
  'https://app.example.org\\evil.example',
  'https://user@app.example.org',
  'https://xapp.example.org',
  'https://odd.example.org',
  'http://ports.example.org',
  'https://bucher.example',
  'app://phone.evil',
  'http://parlor.example.org',
  'http://parlor.example.org:3001.evil.example',
  'chrome-extension://parlor.example.org:3001',
]
for (const origin of allowed) test(`[C1] allowed: ${origin}`, () => assert.equal(isAllowed(origin, host), true))
for (const origin of refused) test(`[C1] refused: ${origin}`, () => assert.equal(isAllowed(origin, host), false))

test('[C1] * allows every origin, an empty list only the own host', () => {
  const any = createOrigins({ list: ['*'], hostVouches: true })
  const none = createOrigins({ list: [], hostVouches: true })
  assert.equal(any('https://evil.example', host), true)
  assert.equal(none('null', host), false)
  assert.equal(none(`https://${host}`, host), true)
  assert.equal(none('http://localhost', undefined), false)
})

test('[C1] the own host is the same with its default port and without', () => {
  const own = createOrigins({ list: [], hostVouches: true })
  for (const [origin, asked] of [
    ['https://chat.lan', 'chat.lan:443'],
    ['http://chat.lan', 'chat.lan:80'],
    ['https://chat.lan', 'chat.lan:80'],
    ['https://chat.lan', 'chat.lan'],
    ['https://chat.lan', 'CHAT.lan.'],
    ['https://xn--bcher-kva.lan', 'bücher.lan:443'],
    ['http://[::1]:3001', '[0:0:0:0:0:0:0:1]:3001'],
  ])
    assert.equal(own(origin, asked), true, `${origin} at ${asked}`)
  for (const [origin, asked] of [
    ['https://chat.lan:8443', 'chat.lan:443'],
    ['https://chat.lan', 'chat.lan:8443'],
    ['https://chat.lan', 'chat.lan.evil'],
    ['https://chat.lan', 'chat.lan/x'],
    ['https://chat.lan', 'x@chat.lan'],
    ['https://chat.lan', ''],
  ])
    assert.equal(own(origin, asked), false, `${origin} at ${asked}`)
})

test('[C2] where the public address is known, Host vouches for no origin', () => {
  const strict = createOrigins({ list: ['https://parlor.example.org'], hostVouches: false })
  assert.equal(strict('http://evil.example', 'evil.example'), false)
  assert.equal(strict('https://parlor.example.org:443', 'evil.example'), true)
})
