import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LongTurn } from './probe.ts'

/** The parts of a `.cpuprofile` that are used; times in µs. */
type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[]
  startTime: number
  samples: number[]
  timeDeltas: number[]
}

const shownTurns = 6
const shownFrames = 12

/** What the longest turns did, from the CPU profile that the process wrote: each frame with its time, callees included. */
export function longTurnsText(folder: string, pid: number, turns: readonly LongTurn[]): string {
  const [file] = globSync(join(folder, `CPU.*.${pid}.0.*.cpuprofile`))
  if (file === undefined) return `${folder} holds no profile of process ${pid}`
  const profile: Profile = JSON.parse(readFileSync(file, 'utf8'))
  const stacks = stacksOf(profile)
  const longest = turns.toSorted((a, b) => b.cpu - a.cpu).slice(0, shownTurns)
  return longest
    .map((turn) => [`  a turn of ${Math.round(turn.cpu / 1000)} ms`, ...framesIn(profile, stacks, turn)].join('\n'))
    .join('\n')
}

function framesIn(
  { startTime, samples, timeDeltas }: Profile,
  stacks: ReadonlyMap<number, Set<string>>,
  turn: LongTurn,
) {
  const spent = new Map<string, number>()
  let at = startTime
  samples.forEach((node, index) => {
    const took = timeDeltas[index + 1] ?? 0
    at += timeDeltas[index] ?? 0
    if (at < turn.from || at > turn.to) return
    for (const frame of stacks.get(node) ?? []) spent.set(frame, (spent.get(frame) ?? 0) + took)
  })
  return [...spent]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, shownFrames)
    .map(([frame, us]) => `    ${(us / 1000).toFixed(1)} ms ${frame}`)
}

/** Each node's frame and those of its callers, each once. */
function stacksOf({ nodes }: Profile): Map<number, Set<string>> {
  const stacks = new Map<number, Set<string>>()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const pending = nodes.slice(0, 1).map((node) => ({ node, above: new Set<string>() }))
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { functionName, url, lineNumber } = next.node.callFrame
    const place = url.replace(/^.*\/(packages|node_modules)\//, '')
    const stack = new Set(next.above).add(`${functionName || '(anonymous)'} ${place}${url ? `:${lineNumber + 1}` : ''}`)
    stacks.set(next.node.id, stack)
    for (const id of next.node.children ?? []) {
      const node = byId.get(id)
      if (node) pending.push({ node, above: stack })
    }
  }
  return stacks
}
