import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Activity, defineActivity } from '../../activities/activity.ts'
import { ground, others } from '../../activities/list.ts'
import type { Layout } from '../../layout.ts'
import { noPanel, shownAt, sides } from './place.ts'

const activity = (name: string, hasPanel = false): Activity =>
  defineActivity({
    ...{ name, hasPanel, icon: 'M0 0', label: { en: name, es: name } },
    isOn: () => true,
    isLive: () => false,
    load: () => Promise.reject(new Error('not loaded here')),
  })
const [talk, film, board] = [activity('talk'), activity('film'), activity('board', true)]
const all = ['wide', 'medium', 'narrow', 'low'] as const

const at = (address: { activity?: string; panel?: string }, layout: Layout = 'wide') => {
  const { fills, panel, dock } = shownAt({ activity: null, panel: null, ...address }, layout, [talk, film, board])
  return { fills: fills.name, panel, dock }
}

describe('what an address shows in a room', () => {
  it('[ACT3] the ground fills the stage while nothing else does, and has then no tab of the panel', () => {
    for (const layout of all) {
      assert.deepEqual(at({}, layout), { fills: 'talk', panel: null, dock: null })
      assert.deepEqual(at({ panel: 'talk' }, layout), { fills: 'talk', panel: null, dock: null })
    }
    assert.deepEqual(at({ activity: 'film', panel: 'talk' }), { fills: 'film', panel: 'talk', dock: 'beside' })
  })

  it('[ACT4] an activity that the room does not have is not shown', () => {
    assert.equal(at({ activity: 'game' }).fills, 'talk')
    assert.equal(shownAt({ activity: 'film', panel: null }, 'wide', [talk, board]).fills, talk)
  })

  it('[FR2] beside what fills the stage the conversation is open where there is room, unless it was closed', () => {
    const panels = all.map((layout) => at({ activity: 'film' }, layout).panel)
    assert.deepEqual(panels, ['talk', 'talk', null, null])
    assert.equal(at({ activity: 'film', panel: noPanel }).panel, null)
    assert.equal(at({ activity: 'film', panel: 'nonsense' }).panel, 'talk')
  })

  it('[FR2] an activity has its panel while it fills the stage', () => {
    assert.equal(at({ activity: 'board', panel: 'board' }).panel, 'board')
    assert.equal(at({ activity: 'film', panel: 'film' }, 'narrow').panel, null)
    assert.equal(at({ panel: 'board' }).panel, null)
  })

  it('[FR3] a panel stands beside the stage, or lies over it where that would be too narrow', () => {
    const docks = (address: Parameters<typeof at>[0]) => all.map((layout) => at(address, layout).dock)
    assert.deepEqual(docks({ panel: 'people' }), ['beside', null, null, null])
    assert.deepEqual(docks({ activity: 'film', panel: 'people' }), ['beside', 'beside', null, null])
    assert.deepEqual(docks({ activity: 'film', panel: 'talk' }), ['beside', 'beside', 'below', 'beside'])
  })
})

describe('the activities', () => {
  it('[ACT1] have names of their own, which no panel of every room has', () => {
    const names = [ground, ...others].map(({ name }) => name)
    assert.equal(new Set([...names, ...sides, noPanel]).size, names.length + sides.length + 1)
    for (const name of names) assert.match(name, /^[a-z][a-z-]*$/)
  })
})
