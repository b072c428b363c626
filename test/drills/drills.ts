import { setTimeout as pause } from 'node:timers/promises'
import { feed } from './feed.ts'
import { type Database, type Heard, Node } from './node.ts'

/** A figure with its bound, in the unit of its name. */
export type Figure = { name: string; value: number; most: number }

export type Drill = {
  name: string
  what: string
  on: readonly Database['kind'][]
  run(database: Database): Promise<Figure[]>
}

export const quantile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ??
  Number.POSITIVE_INFINITY

const endedIn = (heard: readonly Heard[]) => heard.filter(({ told }) => told === 'ended')

/** Waits until `count` jobs have ended, for a limited time. */
async function untilEnded(heard: readonly Heard[], count: number, ms: number): Promise<void> {
  for (const until = performance.now() + ms; endedIn(heard).length < count && performance.now() < until; )
    await pause(20)
}

const nodesOn = ({ kind }: Database): number => (kind === 'sqlite' ? 1 : 2)

async function start(database: Database, heard: Heard[]): Promise<Node[]> {
  const nodes: Node[] = []
  for (let n = 0; n < nodesOn(database); n += 1) nodes.push(await Node.start(database, heard))
  return nodes
}

const stopAll = (nodes: readonly Node[]) => Promise.all(nodes.map((node) => node.stop()))
const firstOf = (nodes: readonly Node[]): Node => {
  const [first] = nodes
  if (!first) throw new Error('There is no node')
  return first
}

const alone: Drill = {
  name: 'alone',
  what: '200 timers, one every 47 ms, on one server on SQLite and two on PostgreSQL: how late each acts.',
  on: ['sqlite', 'postgres'],
  async run(database) {
    const heard: Heard[] = []
    const nodes = await start(database, heard)
    const at = Date.now() + 3_000
    await firstOf(nodes).ask({ order: 'timers', count: 200, at, apart: 47, work_ms: 0 })
    await untilEnded(heard, 200, 30_000)
    await stopAll(nodes)
    const late = endedIn(heard).map((each) => each.late)
    return [
      { name: 'not run', value: 200 - late.length, most: 0 },
      { name: 'late p99 ms', value: quantile(late, 0.99), most: database.kind === 'sqlite' ? 100 : 250 },
    ]
  },
}

const burst: Drill = {
  name: 'burst',
  what: '5,000 timers in 500 rooms due at one moment, while a message is sent every 10 ms.',
  on: ['sqlite', 'postgres'],
  async run(database) {
    const heard: Heard[] = []
    const nodes = await start(database, heard)
    const first = firstOf(nodes)
    const laying = 25_000
    const at = Date.now() + laying
    await first.ask({ order: 'timers', count: 5_000, at, apart: 0, work_ms: 0 })
    await pause(Math.max(0, at - Date.now() - 200))
    const acknowledged = await first.numbers({ order: 'messages', ms: database.kind === 'sqlite' ? 2_000 : 6_000 })
    await untilEnded(heard, 5_000, 60_000)
    await stopAll(nodes)
    const late = endedIn(heard).map((each) => each.late)
    const isEmbedded = database.kind === 'sqlite'
    return [
      { name: 'not run', value: 5_000 - late.length, most: 0 },
      { name: 'all within ms', value: quantile(late, 1), most: isEmbedded ? 1_000 : 5_000 },
      { name: 'messages p95 ms', value: quantile(acknowledged, 0.95), most: isEmbedded ? 150 : 500 },
    ]
  },
}

const killed: Drill = {
  name: 'killed',
  what: '60 timers of 2 s each; a node is killed (SIGKILL) in the middle, on SQLite it is started again. Each acts in its room once.',
  on: ['sqlite', 'postgres'],
  async run(database) {
    const heard: Heard[] = []
    const nodes = await start(database, heard)
    const first = firstOf(nodes)
    await first.ask({ order: 'timers', count: 60, at: Date.now() + 2_000, apart: 0, work_ms: 2_000 })
    // The node is in the middle of its first jobs.
    for (const until = performance.now() + 30_000; performance.now() < until; await pause(20))
      if (heard.some(({ node }) => node === first)) break
    await pause(1_000)
    const began = new Set(heard.filter((each) => each.node === first).map(({ name }) => name))
    for (const { node, name } of endedIn(heard)) if (node === first) began.delete(name)
    await first.kill()
    const at = performance.now()
    const others = nodes.slice(1)
    if (others.length === 0) others.push(await Node.start(database, heard))
    await untilEnded(heard, 60, 40_000)
    const lost = heard.filter(({ told, name, at: when }) => told === 'began' && began.has(name) && when > at)
    const words = await firstOf(others).words()
    await stopAll(others)
    return [
      { name: 'not in the log', value: 60 - new Set(words).size, most: 0 },
      { name: 'twice in the log', value: words.length - new Set(words).size, most: 0 },
      { name: 'killed while it ran nothing', value: began.size > 0 ? 0 : 1, most: 0 },
      { name: 'its jobs not taken over', value: began.size - new Set(lost.map(({ name }) => name)).size, most: 0 },
      { name: 'taken over within ms', value: Math.max(0, ...lost.map((each) => each.at - at)), most: 11_000 },
    ]
  },
}

const pending: Drill = {
  name: 'pending',
  what: '100,000 timers that are due in a day: what a node spends on them.',
  on: ['sqlite', 'postgres'],
  async run(database) {
    const nodes = await start(database, [])
    const first = firstOf(nodes)
    await pause(2_000)
    const [idle = 0] = await first.numbers({ order: 'cpu', ms: 10_000 })
    await first.ask({ order: 'timers', count: 100_000, at: Date.now() + 86_400_000, apart: 1, work_ms: 0 })
    await pause(10_000)
    const [share = 1] = await first.numbers({ order: 'cpu', ms: 20_000 })
    await stopAll(nodes)
    return [
      { name: '% of a core more than without', value: (share - idle) * 100, most: 1 },
      { name: '% of a core in all', value: share * 100, most: 5 },
    ]
  },
}

const many: Drill = {
  name: 'many',
  what: '10,000 jobs from two servers.',
  on: ['postgres'],
  async run(database) {
    const heard: Heard[] = []
    const nodes = await start(database, heard)
    const begun = performance.now()
    await Promise.all(nodes.map((node, n) => node.ask({ order: 'jobs', count: 5_000, name: `j${n}.`, work_ms: 3 })))
    await untilEnded(heard, 10_000, 240_000)
    const took = performance.now() - begun
    // A job reports its end before its row is deleted.
    await pause(1_000)
    const [left = 0] = await firstOf(nodes).numbers({ order: 'left' })
    await stopAll(nodes)
    const running = new Set<string>()
    let twice = 0
    for (const { told, name } of heard) {
      if (told === 'ended') running.delete(name)
      else if (running.has(name)) twice += 1
      else running.add(name)
    }
    const names = new Set(endedIn(heard).map(({ name }) => name))
    return [
      { name: 'lost', value: 10_000 - names.size + left, most: 0 },
      { name: 'twice at once', value: twice, most: 0 },
      { name: 'run twice', value: endedIn(heard).length - names.size, most: 0 },
      { name: 'all within ms', value: took, most: 240_000 },
    ]
  },
}

export const drills: readonly Drill[] = [alone, burst, killed, pending, many, feed]
