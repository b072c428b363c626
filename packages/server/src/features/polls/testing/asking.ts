import type { JobHandler } from '../../../platform/jobs/jobs.ts'
import { account, type Person, person, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import type { World } from '../../testing/world.ts'
import { sweepPollsJob } from '../jobs.ts'

/** A room of Ann's with Bob and a guest in it. */
export async function roomWithThree(world: World, fields: object = {}) {
  const [ann, bob, gus] = [await account(world, 'Ann'), await account(world, 'Bob'), await person(world, 'Gus')]
  const { id, path } = await roomOf(world, ann, { guest: [bob, gus] }, fields)
  const ask = (by: Person, more: object = {}): Promise<Answer> =>
    by.does('POST', `${path}/polls`, { question: 'Lunch?', options: ['Soup', 'Pizza', 'Nothing'], ...more })
  const vote = (by: Person, poll: { id: string }, ...option_ids: string[]): Promise<Answer> =>
    by.does('PUT', `${path}/polls/${poll.id}/vote`, { option_ids })
  const get = (by: Person, poll: { id: string }): Promise<Answer> => by.does('GET', `${path}/polls/${poll.id}`)
  return { ann, bob, gus, id, path, ask, vote, get }
}

/** What a connection that joins now is told of the records of polls, by type and key. */
export async function records(world: World, id: string, by: Person): Promise<Record<string, Answer>> {
  const socket = await world.connect(by.token)
  const joined = await socket.ask('join_room', { room_id: id })
  const all = joined.records.filter(({ type }: Answer) => type === 'poll' || type === 'poll_vote')
  return Object.fromEntries(all.map(({ type, key, value }: Answer) => [`${type} ${key}`, value]))
}

/** Lets time pass, with the jobs and timers that fall due. */
export async function pass(world: World, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    world.advance(1_000)
    await world.settled()
  }
}

/** Runs the recurring sweep now. */
export async function sweep(world: World): Promise<void> {
  const handler = world.jobs.find(({ type }: JobHandler) => type.name === sweepPollsJob.name)
  const run = { id: '', run: 0, shown: false }
  const { signal } = new AbortController()
  await handler?.run({}, { id: '', run, room: 0, user: 0, failures: 0, signal, progress: () => undefined })
}
