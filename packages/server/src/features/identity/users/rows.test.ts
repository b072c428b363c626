import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UnreadableRow } from '../../../core/stored.ts'
import { createReadUser } from './rows.ts'

test('[P3] a picture is one of this server, or none', () => {
  const row = { num: 7, id: 'u7', username: 'Ann', guest: 0 }
  const read = createReadUser(() => undefined)
  const own = '/api/pictures/0123456789abcdefghij_-'
  const foreign = ['https://example.org/a.png', `https://example.org${own}`, `/${own}`, `${own}/96`, '/api/files/1', '']
  for (const address of foreign) assert.equal(read({ ...row, avatar_url: address }).profile.avatar_url, null)
  assert.equal(read({ ...row, avatar_url: own }).profile.avatar_url, own)
})

test('[P4] a user without a readable name or kind is shown as unknown or as a guest, and reported', () => {
  const row = { num: 7, id: 'u7', username: 'Ann', guest: 0, avatar_url: null }
  const shown = { id: 'u7', name: 'Ann', avatar_url: null, guest: false }
  for (const [broken, differs, why] of [
    [{}, {}, null],
    [{ guest: 1 }, { guest: true }, null],
    [{ username: '' }, { name: 'Unknown' }, 'username: none, or too long'],
    [{ username: '\n ' }, { name: 'Unknown' }, 'username: none, or too long'],
    [{ username: 'x'.repeat(1_001) }, { name: 'Unknown' }, 'username: none, or too long'],
    [{ guest: 2 }, { guest: true }, 'guest: neither 0 nor 1'],
  ] as const) {
    const told: UnreadableRow[] = []
    const read = createReadUser((unreadable) => void told.push(unreadable))
    assert.deepEqual(read({ ...row, ...broken }), { num: 7, profile: { ...shown, ...differs } })
    assert.deepEqual(told, why === null ? [] : [{ kind: 'profile', row: 'user 7', why }])
  }
})
