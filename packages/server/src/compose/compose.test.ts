import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { implement } from '../core/action.ts'
import { defineActions } from '../core/contract.ts'
import { defineRoutes } from '../core/route.ts'
import { defineFeature, type Feature, type Made } from '../features/feature.ts'
import { features } from '../features/list.ts'
import { messageSent } from '../features/messages/contract.ts'
import type { Platform } from '../features/platform.ts'
import { engineSource } from './declared.ts'
import { listFaults } from './list-faults.ts'
import { makeFeatures } from './make-features.ts'

/** The features of these tests use nothing of it. */
const platform = {} as Platform
const make = (list: readonly Feature<unknown>[]) => makeFeatures(list, platform, () => undefined)

const actions = (name: string) =>
  defineActions({
    [name]: {
      summary: 'Does it.',
      input: z.object({}),
      output: z.object({}),
      socket: [{ event: name }],
      caller: 'anyone',
      scope: 'any',
      limit: 'read',
      errors: [],
    },
  })
const made: Made<null> = { api: null }

test('[FE6] each folder of features is in the list, under its own name', () => {
  const folder = new URL('../features/', import.meta.url)
  const folders = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory())
  const missing = folders
    .map(({ name }) => name)
    .filter((name) => name !== 'testing' && !features.some((feature) => feature.name === name))
  assert.deepEqual(missing, [], `features/list.ts does not list ${missing.join(', ')}`)
  const homeless = features.filter(({ name }) => !folders.some((each) => each.name === name))
  assert.deepEqual(homeless, [])
})

test('[FE2] the list of the server has no faults', () => assert.deepEqual(listFaults(features), []))

test('[FE2] reports duplicates, wrong names and features that stand before what they need', () => {
  const one = defineFeature({ name: 'one', actions: actions('other.act'), create: () => made })
  const two = defineFeature({ name: 'two', needs: { one }, actions: actions('other.act'), create: () => made })
  assert.deepEqual(listFaults([two, one, one]), [
    'other.act is of the feature two: its name must begin with two.',
    'The feature two needs one, which must stand before it in features/list.ts.',
    'other.act is of the feature one: its name must begin with one.',
    'other.act is of the feature one: its name must begin with one.',
    'Two features are named one.',
    'Two actions or routes are named other.act.',
    'Two ways in are named the event other.act.',
  ])
})

test('[FE2] refuses events of the history that not everyone may see, because its pages are not filtered', () => {
  const secret = { ...messageSent, name: 'one.secret', audience: 'moderators' as const }
  const one = defineFeature({ name: 'one', events: [secret], create: () => made })
  assert.deepEqual(listFaults([one]), [
    'Events of one.secret are part of the history, whose pages everyone reads: their audience is the room.',
  ])
})

test('[FE2] a signed link is to a parameter of the path', () => {
  const faults = (id: string) => {
    const routes = defineRoutes({
      'one.file': {
        summary: 'A file',
        method: 'GET',
        path: '/api/one/:id',
        input: z.object({ id: z.string() }),
        takes: { as: 'nothing' },
        answers: { status: 200, types: ['*'] },
        caller: 'user',
        scope: 'any',
        link: { to: 'file', id },
        limit: 'read',
        errors: [],
      },
    })
    return listFaults([defineFeature({ name: 'one', routes, create: () => made })])
  }
  assert.deepEqual(faults('id'), [])
  assert.deepEqual(faults('i'), ['one.file takes signed links to its i, which its path does not name.'])
})

test('[FE2] [FE3] refuses to start with a faulty list or a faulty feature', async () => {
  const declared = actions('one.act')
  const handlers = implement(actions('one.other'), { 'one.other': { allow: () => true, run: () => ({}) } })
  const one = defineFeature({ name: 'one', actions: declared, create: () => ({ api: null, actions: handlers }) })
  await assert.rejects(make([one]), {
    message:
      'The feature one declares one.act and hands over no handler for it.\n' +
      'The feature one hands over a handler for one.other, which its Feature does not declare.',
  })
  await assert.rejects(make([one, one]), /Two features are named one/)
})

test('[FE2] [FE3] a route at the path of another, or without a handler, stops the start', async () => {
  const route = {
    ...({ method: 'GET', path: '/api/act', caller: 'anyone', scope: 'any', limit: 'read', errors: [] } as const),
    ...{
      summary: 'Does it.',
      input: z.object({}),
      takes: { as: 'nothing' } as const,
      answers: { status: 204 } as const,
    },
  }
  const two = defineRoutes({ 'one.file': route, 'one.other': route })
  const both = defineFeature({ name: 'one', routes: two, create: () => made })
  assert.deepEqual(listFaults([both]), ['Two ways in are named GET /api/act.'])
  const alone = defineFeature({ name: 'one', routes: defineRoutes({ 'one.file': route }), create: () => made })
  await assert.rejects(make([alone]), {
    message: 'The feature one declares one.file and hands over no handler for it.',
  })
})

test('[FE4] exactly one feature provides each part that the engine needs', () => {
  const isModerator = () => true
  const one = defineFeature({ name: 'one', forEngine: { isModerator }, create: () => made })
  assert.equal(engineSource([one], 'isModerator'), isModerator)
  assert.throws(() => engineSource([], 'isModerator'), /No feature of features\/list\.ts hands over isModerator/)
  assert.throws(() => engineSource([one, one], 'isModerator'), /Two features .* hand over isModerator/)
})

test('[FE1] [FE5] [HK5] each feature gets the APIs of earlier ones; features stop and close in reverse order', async () => {
  const steps: string[] = []
  const noting = <Api>(name: string, api: Api): Made<Api> => ({
    api,
    hooks: {},
    start: () => void steps.push(`start ${name}`),
    stop: () => void steps.push(`stop ${name}`),
    close: () => void steps.push(`close ${name}`),
  })
  const none = () => Promise.reject(new Error('not asked'))
  const forDoors = {
    keys: { once: none },
    authenticate: none,
    authenticateSocket: none,
    lobby: () => null,
    feed: () => undefined,
    readable: none,
    publicRoomName: none,
  }
  const one = defineFeature({ name: 'one', create: () => ({ ...noting('one', { say: () => 'one' }), forDoors }) })
  const two = defineFeature({
    name: 'two',
    needs: { one },
    create: (_platform, needed) => noting('two', `two of ${needed.one.say()}`),
  })
  const running = await make([one, two])
  assert.equal(running.apiOf(two), 'two of one')
  await running.start()
  await running.stop()
  await running.close()
  assert.deepEqual(steps, ['start one', 'start two', 'stop two', 'stop one', 'close two', 'close one'])

  steps.length = 0
  const failing = defineFeature({ name: 'failing', create: () => Promise.reject(new Error('no licence')) })
  await assert.rejects(make([one, two, failing]), /no licence/)
  assert.deepEqual(steps, ['stop two', 'stop one', 'close two', 'close one'])
})
