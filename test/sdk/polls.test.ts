import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { followPolls, type PollView, type Polls } from '../../packages/client/src/polls/polls.ts'
import { type Client, isLive, openSdk, quickTime, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'

suite('polls in the SDK', { timeout: 60_000, concurrency: true }, () => {
  let server: Server
  before(async () => {
    server = await startServer()
  })
  after(() => server[Symbol.asyncDispose]())

  async function guest(name: string): Promise<Client> {
    const client = openSdk({ url: server.url }, { time: quickTime })
    await client.auth.guest({ name })
    return client
  }

  async function follow(client: Client, room_id: string): Promise<Polls & Disposable> {
    const room = client.join(room_id)
    await isLive(room)
    const polls = followPolls(client, room)
    return { ...polls, [Symbol.dispose]: polls.end }
  }

  const becomes = (polls: Polls, id: string, wanted: (poll: PollView) => boolean, what: string) =>
    until(polls, (all) => [...all.values()].some((poll) => poll.id === id && wanted(poll)), what)
  const asked = { question: 'Tea?', options: ['Yes', 'No', 'Perhaps'] }

  test('[PL1] everyone in a room sees a poll, its votes and its end, and each their own vote', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id: room_id } = await ann.rooms.create({ name: 'Tea' })
    using hers = await follow(ann, room_id)
    using his = await follow(bob, room_id)
    const { id } = await hers.create(asked)
    await becomes(his, id, () => true, 'the poll')
    const voting = his.vote(id, ['b'])
    const at = his.get().get(id)
    assert.deepEqual([at?.counts, at?.my_option_ids, at?.isVoting], [{ a: 0, b: 1, c: 0 }, ['b'], true])
    await voting
    assert.deepEqual(his.get().get(id)?.my_option_ids, ['b'])
    await becomes(hers, id, ({ counts, voters }) => counts['b'] === 1 && voters?.['b']?.length === 1, 'the vote')
    assert.deepEqual(hers.get().get(id)?.my_option_ids, [])
    await hers.close(id)
    await becomes(his, id, ({ closed_at }) => closed_at !== null, 'the end')
    assert.deepEqual(his.get().get(id)?.my_option_ids, ['b'])
    await assert.rejects(his.vote(id, ['a']), { code: 'poll_closed' })
    assert.deepEqual([his.get().get(id)?.error?.code, his.get().get(id)?.counts], ['poll_closed', { a: 0, b: 1, c: 0 }])
  })

  test('[PL2] of votes that follow each other quickly the last one stays, at most two are sent', async () => {
    using ann = await guest('Ann')
    const { id: room_id } = await ann.rooms.create({ name: 'Tea' })
    using polls = await follow(ann, room_id)
    const { id } = await polls.create({ ...asked, anonymous: true })
    const seen: string[] = []
    const end = polls.subscribe(() => seen.push(polls.get().get(id)?.my_option_ids.join() ?? ''))
    await Promise.all(['a', 'b', 'a', 'c'].map((option) => polls.vote(id, [option])))
    await becomes(polls, id, ({ isVoting }) => !isVoting, 'the stored vote')
    end()
    // Only what was chosen last is ever shown.
    assert.deepEqual([...new Set(seen)], ['c'])
    const { counts, my_option_ids } = await ann.call('polls.get', { room_id, poll_id: id })
    assert.deepEqual([counts, my_option_ids], [{ a: 0, b: 0, c: 1 }, ['c']])
  })

  test('[PL3] an older poll is loaded by its id, and nothing of another user is left', async () => {
    using ann = await guest('Ann')
    using bob = await guest('Bob')
    const { id: room_id } = await ann.rooms.create({ name: 'Tea' })
    const { id } = await ann.call('polls.create', { room_id, ...asked })
    using polls = await follow(bob, room_id)
    await becomes(polls, id, () => true, 'the poll')
    assert.equal(await polls.load(id), true)
    assert.equal(await polls.load('none'), false)
    await polls.vote(id, ['a'])
    await bob.auth.guest({ name: 'Eve' })
    await becomes(polls, id, ({ counts, my_option_ids }) => counts['a'] === 1 && my_option_ids.length === 0, 'no vote')
  })
})
