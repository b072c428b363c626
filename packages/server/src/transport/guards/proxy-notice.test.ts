import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { trustProxies } from './address.ts'
import { createProxyNotice } from './proxy-notice.ts'

function from(remoteAddress: string, forwarded: string | null): IncomingMessage {
  const request = new IncomingMessage(Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }))
  if (forwarded !== null) request.headers['x-forwarded-for'] = forwarded
  return request
}

function notice(trust: string[]) {
  const warned: string[] = []
  const { see, text } = createProxyNotice({ trust: trustProxies(trust), warn: (line) => void warned.push(line) })
  return {
    warned,
    text,
    see: (count: number, request: IncomingMessage) => Array.from({ length: count }, () => see(request)),
  }
}

test('[O4] repeated requests of an untrusted proxy are noticed and logged once', () => {
  const { see, warned, text } = notice(['loopback'])
  see(19, from('172.18.0.5', '198.51.100.1'))
  assert.deepEqual([warned.length, text()], [0, null])
  see(50, from('::ffff:172.18.0.5', '198.51.100.1'))
  assert.equal(warned.length, 1)
  assert.match(warned[0] ?? '', /from 172\.18\.0\.5 that TRUST_PROXY does not name.* add 172\.18\.0\.5/)
  assert.match(text() ?? '', /TRUST_PROXY/)
  assert.doesNotMatch(text() ?? '', /172/)
})

test('[O4] ignores a trusted proxy, a client without the header, and a public client that invents one', () => {
  const { see, text } = notice(['loopback', '10.0.0.0/8'])
  see(50, from('10.1.2.3', '198.51.100.1'))
  see(50, from('127.0.0.1', '198.51.100.1'))
  see(50, from('192.168.1.2', null))
  see(50, from('203.0.113.9', '198.51.100.1'))
  assert.equal(text(), null)
})
