import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAllowed } from './origins.ts'

const list = ['http://localhost:*', 'http://127.0.0.1:*', 'file://*', 'https://app.example.org']
const host = 'parlor.example.org:3001'

const allowed = [
  undefined,
  'http://localhost',
  'http://localhost:5173',
  'HTTP://LOCALHOST:5173',
  'http://127.0.0.1:8080',
  'null',
  'file://',
  'https://app.example.org',
  'http://parlor.example.org:3001',
  'https://parlor.example.org:3001',
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
  'https://xapp.example.org',
  'http://parlor.example.org',
  'http://parlor.example.org:3001.evil.example',
  'chrome-extension://parlor.example.org:3001',
]
for (const origin of allowed) test(`allowed: ${origin}`, () => assert.equal(isAllowed(origin, host, list), true))
for (const origin of refused) test(`refused: ${origin}`, () => assert.equal(isAllowed(origin, host, list), false))

test('* allows every origin, an empty list only the own host', () => {
  assert.equal(isAllowed('https://evil.example', host, ['*']), true)
  assert.equal(isAllowed('null', host, []), false)
  assert.equal(isAllowed(`https://${host}`, host, []), true)
  assert.equal(isAllowed('http://localhost', undefined, []), false)
})
