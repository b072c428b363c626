import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { RoomInfo } from '@parlor/client'
import { forWhomChanges, forWhomIn, type SettingsRoom } from '../room/settings/changes.ts'
import type { OptionName } from './activity.ts'
import { ground, others } from './list.ts'

const sources = fileURLToPath(new URL('..', import.meta.url))

test('[ACT1] of an activity’s folder nothing outside of it imports but the list', () => {
  const imports = globSync('**/*.{ts,tsx}', { cwd: sources }).flatMap((file) => {
    const text = readFileSync(sources + file, 'utf8')
    return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to = '']) => ({
      from: file,
      to: new URL(to, `file:///${file}`).pathname.slice(1),
    }))
  })
  const folderOf = (path: string) => /^activities\/([^/]+)\//.exec(path)?.[1]
  const outside = imports.filter(({ from, to }) => folderOf(to) !== undefined && folderOf(from) !== folderOf(to))
  assert.ok(outside.length > 0)
  assert.deepEqual(
    outside.filter(({ from, to }) => from !== 'activities/list.ts' || !to.endsWith('/activity.ts')),
    [],
  )
})

const options = [ground, ...others].flatMap(({ option }) => option ?? [])

/** A room that has every option in this way. */
const roomWith = (isOn: boolean, forWhom: 'off' | 'host' | 'everyone') => {
  const all = <Value>(value: Value) => Object.fromEntries(options.map(({ name }) => [name, value]))
  const room: RoomInfo & SettingsRoom = JSON.parse(
    JSON.stringify({ id: 'a', name: 'Choir', capabilities: all(isOn), settings: all(forWhom) }),
  )
  return room
}

test('[ACT9] an activity with an option is on in rooms that have it on for somebody', () => {
  assert.deepEqual(new Set(options.map(({ name }) => name)).size, options.length)
  for (const { name, isOn, option } of others) {
    if (!option) continue
    const [on, forHosts, forNobody, off] = [
      roomWith(true, 'everyone'),
      roomWith(true, 'host'),
      roomWith(true, 'off'),
      roomWith(false, 'everyone'),
    ].map(isOn)
    assert.deepEqual({ on, forHosts, forNobody, off }, { on: true, forHosts: true, forNobody: false, off: false }, name)
  }
})

test('[ACT9] the settings say for whom an option is on, and turn on a capability that was off', () => {
  for (const { name } of options) {
    const says = (isOn: boolean, forWhom: 'off' | 'host' | 'everyone') => forWhomIn(roomWith(isOn, forWhom), name)
    assert.deepEqual([says(true, 'host'), says(true, 'off'), says(false, 'everyone')], ['host', 'off', 'off'])
  }
  const polls: OptionName = 'polls'
  assert.deepEqual(forWhomChanges(polls, 'host'), { settings: { polls: 'host' }, capabilities: { polls: true } })
  assert.deepEqual(forWhomChanges(polls, 'off'), { settings: { polls: 'off' } })
})
