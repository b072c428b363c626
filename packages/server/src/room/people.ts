import { createCache } from '../core/collections/cache.ts'
import type { Profile } from '../core/caller.ts'
import type { People } from './types.ts'

/** The profile of events without an actor. */
export const systemProfile: Profile = { id: '', name: 'Parlor', avatar_url: null, guest: false }

/** The name of a person whose stored row cannot be read. */
export const unknownName = 'Unknown'

/** Profiles cached in memory: many times those of a room in which a few thousand people talk. */
const cacheSize = 50_000

/** Profiles by num, as objects and as the JSON text that messages carry. */
export type Profiles = People & {
  cachedProfile(num: number): Profile | undefined
  loadProfile(num: number): Promise<Profile>
  /** It was read or changed. */
  put(num: number, profile: Profile): void
}

/** Reads stored profiles; unknown users are left out. */
export type FindProfiles = (nums: readonly number[]) => Promise<readonly { num: number; profile: Profile }[]>

type Entry = { profile: Profile; json: string }

/** A cache of the profiles of actors, in front of the feature that stores them. */
export function createProfiles(find: FindProfiles): Profiles {
  const cache = createCache<number, Entry>(cacheSize)
  const system = entryOf(systemProfile)

  const get = (num: number): Entry | undefined => (num === 0 ? system : cache.get(num))

  async function load(nums: readonly number[]): Promise<ReadonlyMap<number, Entry>> {
    const entries = new Map<number, Entry>()
    const missing: number[] = []
    for (const num of new Set(nums)) {
      const known = get(num)
      if (known) entries.set(num, known)
      else missing.push(num)
    }
    const found = missing.length > 0 ? await find(missing) : []
    for (const { num, profile } of found) {
      const entry = entryOf(profile)
      // A user who was renamed during this read keeps the newer name.
      if (!cache.has(num)) cache.set(num, entry)
      entries.set(num, cache.get(num) ?? entry)
    }
    for (const num of nums) if (!entries.has(num)) entries.set(num, system)
    return entries
  }

  return {
    cached: (num) => get(num)?.json,
    async load(nums) {
      const entries = await load(nums)
      return new Map([...entries].map(([num, { json }]) => [num, json]))
    },
    cachedProfile: (num) => get(num)?.profile,
    async loadProfile(num) {
      return (await load([num])).get(num)?.profile ?? systemProfile
    },
    put: (num, profile) => void cache.set(num, entryOf(profile)),
  }
}

const entryOf = ({ id, name, avatar_url, guest }: Profile): Entry => {
  const profile = { id, name, avatar_url, guest }
  return { profile, json: JSON.stringify(profile) }
}
