import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointOf } from './endpoint.ts'

test('[C7] uses the Socket.IO path under the path of the server', () => {
  for (const [url, origin, path] of [
    [undefined, '', '/socket.io/'],
    ['', '', '/socket.io/'],
    ['/', '', '/socket.io/'],
    ['/parlor/', '', '/parlor/socket.io/'],
    ['https://parlor.example', 'https://parlor.example', '/socket.io/'],
    ['https://parlor.example/', 'https://parlor.example', '/socket.io/'],
    ['http://localhost:3001/our/parlor//', 'http://localhost:3001', '/our/parlor/socket.io/'],
  ] as const)
    assert.deepEqual(endpointOf(url), { origin, path }, url)
})
