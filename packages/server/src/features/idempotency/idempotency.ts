import { createHmac } from 'node:crypto'
import type { Claim, CreationKeys } from '../../core/action.ts'
import type { Clock } from '../../core/clock.ts'
import { isSameContent } from '../../core/text/content-hash.ts'
import { AppError } from '../../core/error.ts'
import { type Database, UniqueViolation } from '../../platform/db/database.ts'
import { createIdempotencyStore, type UsedKey } from './store.ts'

/** Rule IK4. */
const keptFor = 30 * 86_400_000

export type Idempotency = CreationKeys & {
  /** Deletes keys older than 30 days (rule IK4). */
  prune(): Promise<void>
}

export type IdempotencyDeps = {
  db: Database
  clock: Clock
  /** SECRET_KEY: keys the hashes (rule IK6). */
  secret: string
}

/** Rules IK1 to IK6 of README.md. */
export function createIdempotency({ db, clock, secret }: IdempotencyDeps): Idempotency {
  const store = createIdempotencyStore(db)
  /** The last call under way of each user and key; settles and never rejects. */
  const underWay = new Map<string, Promise<void>>()

  async function attempt<T>(
    claim: Claim,
    again: (resource: string) => Promise<T>,
    create: (kept: Claim) => Promise<T>,
  ): Promise<T> {
    const known = await current(claim)
    if (known) return again(resourceOf(known, claim))
    try {
      return await create(claim)
    } catch (thrown) {
      // The index refused the key: another node stored it first.
      const sooner = refusedByIndex(thrown) ? await store.find(claim) : null
      if (!sooner) throw thrown
      return again(resourceOf(sooner, claim))
    }
  }

  /** What the key was used for; an expired one counts as unused. */
  async function current(claim: Claim): Promise<UsedKey | null> {
    const known = await store.find(claim)
    if (!known || known.at > clock.now() - keptFor) return known
    await store.prune(known.at)
    return null
  }

  return {
    async once(claim, again, create) {
      const name = JSON.stringify([claim.user_id, claim.key])
      const before = underWay.get(name)
      const done = Promise.withResolvers<void>()
      underWay.set(name, done.promise)
      try {
        await before
        return await attempt(sealed(claim, secret), again, create)
      } finally {
        if (underWay.get(name) === done.promise) underWay.delete(name)
        done.resolve()
      }
    },
    prune: () => store.prune(clock.now() - keptFor),
  }
}

/** Rule IK6; a hash with another secret counts as another version. */
function sealed(claim: Claim, secret: string): Claim {
  const digest = (text: string, length: number) =>
    createHmac('sha256', secret).update(text).digest('base64url').slice(0, length)
  const [version] = claim.content_hash.split(':', 1)
  return { ...claim, content_hash: `${version}.${digest('key', 6)}:${digest(claim.content_hash, 22)}` }
}

/** Rule IK2. */
function resourceOf({ action, content_hash, resource }: UsedKey, claim: Claim): string {
  if (action === claim.action && isSameContent(content_hash, claim.content_hash)) return resource
  throw new AppError('client_id_reused')
}

const refusedByIndex = (thrown: unknown): boolean =>
  thrown instanceof AppError && thrown.cause instanceof UniqueViolation
