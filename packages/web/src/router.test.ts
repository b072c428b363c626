import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { roomPath, roomPathFrom, routeOf } from './router.ts'

const at = (path: string) => routeOf(new URL(path, 'http://parlor.example'))

describe('a path', () => {
  it('names a page', () => {
    assert.deepEqual(at('/'), { page: 'landing' })
    assert.deepEqual(at('/account/'), { page: 'account' })
    assert.deepEqual(at('/r/lobby'), { page: 'room', room_id: 'lobby', invite: null })
    assert.deepEqual(at('/r/a%20b/#invite=x.y%2Bz'), { page: 'room', room_id: 'a b', invite: 'x.y+z' })
  })
  it('that leads nowhere is not found', () => {
    for (const path of ['/nowhere', '/r/', '/r/a/b', '/r/%E0%A4%A']) assert.deepEqual(at(path), { page: 'not_found' })
  })
  it('of a room is read as it was written', () => {
    const { room_id, invite } = { room_id: 'näh/e', invite: 'a+b=&c' }
    assert.deepEqual(at(roomPath(room_id, invite)), { page: 'room', room_id, invite })
  })
})

describe('what is pasted to join by', () => {
  const id = '01931c5e-7d00-7000-8000-000000000001'
  const rooms: [string, string][] = [
    [id, `/r/${id}`],
    [' lobby\n', '/r/lobby'],
    [`/r/${id}`, `/r/${id}`],
    [`https://parlor.example/r/${id}/#invite=abc`, `/r/${id}#invite=abc`],
    [`parlor.example/r/${id}`, `/r/${id}`],
    [`localhost:3001/r/${id}`, `/r/${id}`],
  ]
  for (const [pasted, path] of rooms)
    it(`leads from ${pasted.trim()} to ${path}`, () => assert.equal(roomPathFrom(pasted), path))
  for (const pasted of ['', '   ', 'https://parlor.example/account', 'example.com', 'two words'])
    it(`is refused when it is “${pasted}”`, () => assert.equal(roomPathFrom(pasted), null))
})
