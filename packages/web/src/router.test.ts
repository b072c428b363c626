import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { basePath } from './base-path.ts'
import { roomPath, roomPathFrom, routeOf } from './router.ts'

/** As served under a path, here that of the sources. */
const under = basePath.slice(0, -1)
const usual = { activity: null, panel: null }
const at = (path: string) => routeOf(new URL(path.startsWith(basePath) ? path : under + path, 'http://parlor.example'))

describe('a path', () => {
  it('leads to a page', () => {
    assert.deepEqual(at('/'), { page: 'landing' })
    assert.deepEqual(at('/account/'), { page: 'account' })
    assert.deepEqual(at('/setup#token=a.b'), { page: 'setup', token: 'a.b' })
    assert.deepEqual(at('/setup'), { page: 'setup', token: null })
    assert.deepEqual(at('/r/lobby'), { page: 'room', room_id: 'lobby', invite: null, ...usual })
    assert.deepEqual(at('/r/a%20b/#invite=x.y%2Bz'), { page: 'room', room_id: 'a b', invite: 'x.y+z', ...usual })
  })
  it('without a page is not found', () => {
    for (const path of ['/nowhere', '/r/', '/r/a/b', '/r/%E0%A4%A']) assert.deepEqual(at(path), { page: 'not_found' })
    for (const path of ['/', '/r/lobby', `${under}x/r/lobby`])
      assert.deepEqual(routeOf({ pathname: path, search: '', hash: '' }), { page: 'not_found' }, path)
  })
  it('of a room is parsed as it was built', () => {
    const { room_id, invite } = { room_id: 'näh/e', invite: 'a+b=&c' }
    assert.deepEqual(at(roomPath(room_id, invite)), { page: 'room', room_id, invite, ...usual })
  })
  it('[W9] of a room says which activity fills the stage, and which panel is open', () => {
    for (const place of [usual, { ...usual, panel: 'people' }, { activity: 'a b', panel: 'none' }])
      assert.deepEqual(at(roomPath('lobby', 'x', place)), { page: 'room', room_id: 'lobby', invite: 'x', ...place })
    assert.equal(roomPath('lobby'), `${under}/r/lobby`)
  })
})

describe('a pasted link to join by', () => {
  const id = '01931c5e-7d00-7000-8000-000000000001'
  const rooms: [string, string][] = [
    [id, `/r/${id}`],
    [' lobby\n', '/r/lobby'],
    [`/r/${id}`, `/r/${id}`],
    [`https://parlor.example/r/${id}/#invite=abc`, `/r/${id}#invite=abc`],
    [`https://parlor.example/r/${id}?panel=people#invite=abc`, `/r/${id}#invite=abc`],
    [`parlor.example/r/${id}`, `/r/${id}`],
    [`localhost:3001/r/${id}`, `/r/${id}`],
    [`https://example.org/our/parlor/r/${id}#invite=abc`, `/r/${id}#invite=abc`],
    [`example.org/parlor/r/${id}`, `/r/${id}`],
  ]
  for (const [pasted, path] of rooms)
    it(`leads from ${pasted.trim()} to ${path}`, () => assert.equal(roomPathFrom(pasted), under + path))
  for (const pasted of ['', '   ', 'https://parlor.example/account', 'example.com', 'two words'])
    it(`is refused when it is “${pasted}”`, () => assert.equal(roomPathFrom(pasted), null))
})

describe('the sources', () => {
  it('build all paths of the app from the base path', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /(?<!\.test)\.tsx?$/.test(name),
    )
    const found = files.filter((name) =>
      /href="\/|\bgo\(['"`]\/|fetch\(['"`]\//.test(readFileSync(folder + name, 'utf8')),
    )
    assert.deepEqual(found, [])
  })
})
