/** Ms (rule JB5). `look`: between two looks at all workers. `renew`: between two renewals of a lease. `silent`: after so long without a renewal a worker is gone. */
export const leaseTimes = { look: 1_000, renew: 2_000, silent: 6_000 }
/** Looks that found the lease unchanged: a process that was held up for long must look again before it judges. */
const fewestLooks = 4

/** A worker as a look finds it; `beat` null: it has not renewed its lease yet. */
export type Heartbeat = { readonly owner: string; readonly beat: number | null }

type Observed = { readonly beat: number | null; readonly since: number; readonly looks: number }
/** What a node knows of other workers from its looks. */
export type Observations = ReadonlyMap<string, Observed>
export const nothingObserved: Observations = new Map()

/** What is known after a look at `now` (monotonic ms), and which workers are gone. Workers without jobs are forgotten. */
export function observe(
  known: Observations,
  found: readonly Heartbeat[],
  now: number,
): { known: Observations; gone: readonly Heartbeat[] } {
  const next = new Map<string, Observed>()
  const gone: Heartbeat[] = []
  for (const { owner, beat } of found) {
    const before = known.get(owner)
    const seen = before?.beat === beat ? { ...before, looks: before.looks + 1 } : { beat, since: now, looks: 1 }
    if (seen.looks >= fewestLooks && now - seen.since >= leaseTimes.silent) gone.push({ owner, beat })
    else next.set(owner, seen)
  }
  return { known: next, gone }
}
