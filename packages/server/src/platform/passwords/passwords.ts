import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'
import { type Clock, systemClock, systemTimers, type Timers } from '../../core/clock.ts'
import { type Requester, createFairQueue, type QueueName, type QueueSlot } from './fair-queue.ts'
import { type Argon2Cost, type Argon2Hash, decodeHash, encodeHash } from './phc.ts'

export type { Requester } from './fair-queue.ts'

/** Hashes and verifies passwords. Passwords that look the same are the same: they are hashed in Unicode form NFKC. */
export type Hashing = {
  /** A new hash: argon2id as a PHC string, with its own salt. */
  hash(password: string): Promise<string>
  /**
   * Verifies a password against a stored hash: argon2id, or bcrypt from other servers (`$2a$`, `$2b$`, `$2y$`).
   * `outdated`: it matches, and should be hashed again. `null` takes as long as a real hash and never matches.
   */
  verify(password: string, stored: string | null): Promise<{ ok: boolean; outdated: boolean }>
}

/**
 * The same for a caller that holds a slot: `begin` runs when its turn has come, before any work, and may refuse by
 * throwing.
 */
export type HeldHashing = {
  hash(password: string, begin?: Begin): Promise<string>
  verify(password: string, stored: string | null, begin?: Begin): ReturnType<Hashing['verify']>
}
type Begin = () => void | Promise<void>

/**
 * All work runs in the thread pool, a few calls at a time. A call is refused `rate_limited` when the queue is full or
 * when it waits too long; after its first turn it is not refused any more. Callers without a `requester` share one
 * place in the queue.
 */
export type Passwords = {
  hash(password: string, requester?: Requester): Promise<string>
  /** As `Hashing.verify`. */
  verify(password: string, stored: string | null, requester?: Requester): ReturnType<Hashing['verify']>
  /** Takes a slot before `run` starts, for several hashes and verifications in sequence. */
  hold<T>(run: (held: HeldHashing) => Promise<T>, requester?: Requester): Promise<T>
}

/** `behind`: a queue of lower priority. It has at most half of the slots, and one turn in eight when others wait. */
export type PasswordQueue = Passwords & { behind: Passwords }

/** OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const strongCost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }
/** The least that argon2id takes: 0.1 ms instead of 37 ms of CPU. */
export const leastCost: Argon2Cost = { memory: 8, passes: 1, parallelism: 1 }

/**
 * Servers in the profile `testing` hash hundreds of passwords that protect nothing. A server in another profile replaces
 * their hashes at the next sign-in.
 */
export const costIn = (profile: string): Argon2Cost => (profile === 'testing' ? leastCost : strongCost)

const [saltBytes, tagBytes] = [16, 32]
const empty = { salt: Buffer.alloc(saltBytes), tag: Buffer.alloc(tagBytes) }

const anyone: Requester = { from: '', known: false }

/**
 * `concurrency` hashes at a time, each with a thread and 19 MiB; `queue` more callers may wait, in the order of
 * `fair-queue.ts`. One instance serves a process. Tests of other subjects pass a lower `cost`, to be fast.
 */
export function createPasswords({
  concurrency = 2,
  queue = 100,
  clock = systemClock,
  timers = systemTimers,
  cost = strongCost,
}: Partial<{
  concurrency: number
  queue: number
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  cost: Argon2Cost
}> = {}): PasswordQueue {
  const fairQueue = createFairQueue({ concurrency, places: concurrency + queue, clock, timers })

  function queueOf(name: QueueName): Passwords {
    async function hold<T>(run: (held: HeldHashing) => Promise<T>, requester = anyone): Promise<T> {
      const slot = fairQueue.enter(name, requester)
      try {
        return await run(hashingIn(slot, cost))
      } finally {
        slot.leave()
      }
    }
    return {
      hold,
      hash: (password, requester) => hold(({ hash }) => hash(password), requester),
      verify: (password, stored, requester) => hold(({ verify }) => verify(password, stored), requester),
    }
  }

  return { ...queueOf('first'), behind: queueOf('behind') }
}

const hashingIn = (slot: QueueSlot, cost: Argon2Cost): HeldHashing => ({
  hash: (password, begin) =>
    slot.turn(async () => {
      await begin?.()
      return makeHash(password, cost)
    }),
  verify: (password, stored, begin) =>
    slot.turn(async () => {
      await begin?.()
      const answer = await isPassword(password, stored, cost)
      if (!answer.ok) slot.wrong()
      return answer
    }),
})

async function makeHash(password: string, cost: Argon2Cost): Promise<string> {
  const fresh = { cost, salt: randomBytes(saltBytes), tag: Buffer.alloc(tagBytes) }
  return encodeHash({ ...fresh, tag: await derive(password, fresh) })
}

async function isPassword(
  password: string,
  stored: string | null,
  cost: Argon2Cost,
): Promise<{ ok: boolean; outdated: boolean }> {
  if (stored !== null && /^\$2[aby]\$/.test(stored)) {
    const ok = await verifyBcrypt(password, stored)
    return { ok, outdated: ok }
  }
  const hash = stored === null ? null : decodeHash(stored)
  const derived = await derive(password, hash ?? { ...empty, cost })
  const ok = timingSafeEqual(derived, (hash ?? empty).tag) && hash !== null
  return { ok, outdated: ok && hash !== null && isWeaker(hash, cost) }
}

function derive(password: string, { cost: { memory, passes, parallelism }, salt, tag }: Argon2Hash): Promise<Buffer> {
  const message = password.normalize('NFKC')
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: tag.length }, (error, derived) =>
    error ? reject(error) : resolve(derived),
  )
  return promise
}

const isWeaker = ({ cost: { memory, passes }, salt, tag }: Argon2Hash, cost: Argon2Cost): boolean =>
  memory < cost.memory || passes < cost.passes || salt.length < saltBytes || tag.length < tagBytes
