import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { defineJob, done, handle, newJob } from '../../../platform/jobs/jobs.ts'
import { createMemoryBus } from '../../../platform/bus/memory.ts'
import type { RoomMessages } from '../../../room/types.ts'
import { defineFeature } from '../../feature.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import { type Backend, createRoom, createWorld, signIn, type World } from '../../testing/world.ts'

const payload = z.object({})
const [ofUser, ofRoom, ofNobody] = (['user', 'room', 'nobody'] as const).map((audience) =>
  defineJob({ name: `trial.${audience}`, summary: 'A job of the tests.', payload, audience }),
)

/** A world with a feature whose jobs go on when the test says so. */
async function worldWithJobs(backend: Backend) {
  assert.ok(ofUser && ofRoom && ofNobody)
  const types = [ofUser, ofRoom, ofNobody]
  const goOn = Promise.withResolvers<void>()
  let jobs: Jobs | undefined
  const trial = defineFeature({
    name: 'trial',
    jobs: types,
    create(platform) {
      ;({ jobs } = platform)
      const run = async (
        _: object,
        { progress, signal }: { progress(a: number, b: number): void; signal: AbortSignal },
      ) => {
        progress(1, 4)
        await Promise.race([goOn.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))])
        return done({ url: '/made' })
      }
      return { api: null, jobs: types.map((type) => handle(type, run)) }
    },
  })
  const [db, bus] = [await backend.open(), createMemoryBus<RoomMessages>()]
  const world = await createWorld(db, { more: [trial], bus })
  assert.ok(jobs)
  return { world, db, bus, jobs, goOn, ofUser, ofRoom, ofNobody }
}

const numOf = async (world: World, token: string) => {
  const socket = await world.connect(token)
  return { socket, num: socket.caller.user.num }
}

export function jobActionsSuite(name: string, backend: Backend): void {
  describe(`watching jobs on ${name}`, () => {
    after(() => backend.stop())

    test('[JO1] [JO2] [JO3] a user hears of a job, reads what became of it, and nobody else does', async () => {
      const { world, jobs, goOn, ofUser: type, ofNobody: hidden } = await worldWithJobs(backend)
      await using _ = world
      const [ann, bob] = [await signIn(world, 'Ann'), await signIn(world, 'Bob')]
      const { socket, num } = await numOf(world, ann.token)
      const bobs = await world.connect(bob.token)
      const [job, secret] = [newJob(type, {}, num), newJob(hidden, {}, num)]
      await jobs.enqueue(job)
      await jobs.enqueue(secret)
      await world.settled()
      world.advance(250)
      await world.settled()
      const path = `/api/jobs/${job.id}`
      const read = async (token: string, at = path, method = 'GET') => (await world.rest(method, at, { token })).body
      const facts = { job_id: job.id, kind: type.name }
      assert.deepEqual(await read(ann.token), {
        ...facts,
        state: 'running',
        done: 1,
        total: 4,
        error: null,
        result: null,
      })
      for (const [token, at] of [
        [bob.token, path],
        [ann.token, `/api/jobs/${secret.id}`],
        [ann.token, '/api/jobs/nothing'],
      ] as const) {
        assert.equal((await read(token, at)).code, 'not_found')
        assert.equal((await read(token, at, 'DELETE')).code, 'not_found')
      }
      goOn.resolve()
      await world.settled()
      const ended = await read(ann.token)
      assert.deepEqual([ended.state, ended.result], ['done', { url: '/made' }])
      const told = await socket.hears('job_progress')
      assert.deepEqual(told[0], { ...facts, state: 'running', done: 0, total: null })
      assert.deepEqual(told.at(-1), { ...facts, state: 'done', done: 1, total: 4 })
      assert.deepEqual(await bobs.hears('job_progress'), [])
      assert.equal((await read(ann.token, path, 'DELETE')).state, 'done')
    })

    test('[JO2] [JO3] members of a room see its job on every node, and cancel it', async () => {
      const { world, db, bus, jobs, ofRoom: type } = await worldWithJobs(backend)
      await using _ = world
      // A node that does not run the job.
      await using other = await createWorld({ ...db, close: async () => {} }, { bus })
      const [ann, bob] = [await signIn(world, 'Ann'), await signIn(world, 'Bob')]
      const room = await createRoom(world, ann)
      const { socket } = await numOf(world, ann.token)
      const socketThere = await other.connect(ann.token)
      for (const each of [socket, socketThere]) await each.ask('join_room', { room_id: room.id })
      const row = await world.engine.find(room.id)
      const job = newJob(type, {})
      await world.engine.commit({
        ...{ room_id: room.id, actor: 0, action: 'test', client_id: null, members_only: false },
        ops: [{ op: 'enqueue', job }],
      })
      await world.settled()
      assert.ok(row)
      const call = async (method: string, token: string) =>
        (await world.rest(method, `/api/jobs/${job.id}`, { token })).body
      assert.equal((await call('GET', ann.token)).state, 'running')
      assert.equal((await call('DELETE', bob.token)).code, 'not_found')
      assert.equal((await call('DELETE', ann.token)).state, 'cancelled')
      await world.settled()
      assert.equal((await call('GET', ann.token)).result, null)
      const states = async (from: typeof socket) => (await from.hears('job_progress')).map(({ state }) => String(state))
      assert.deepEqual([...new Set(await states(socket))], ['running', 'cancelled'])
      await other.settled()
      assert.deepEqual(await states(socketThere), await states(socket))
      assert.equal((await jobs.view(job.id))?.room, row.num)
    })
  })
}
