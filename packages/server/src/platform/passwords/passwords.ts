import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'
import { type Clock, systemClock, systemTimers, type Timers } from '../../core/clock.ts'
import { type Requester, createFairQueue, type QueueName, type QueueSlot } from './fair-queue.ts'
import { type Argon2Cost, type Argon2Hash, decodeHash, encodeHash } from './phc.ts'

export type { Requester } from './fair-queue.ts'

/** Passwords as they are kept and compared. Two that look alike are one: both are compared in the form NFKC. */
export type Hashing = {
  /** A new hash: argon2id as a PHC string, with a salt of its own. */
  hash(password: string): Promise<string>
  /**
   * Whether this is the password of a stored hash: argon2id, or bcrypt as other servers left it (`$2a$`, `$2b$`, `$2y$`).
   * `outdated`: it is the password, and should be hashed anew. `null` stands for nobody's hash: as much work, and no.
   */
  verify(password: string, stored: string | null): Promise<{ ok: boolean; outdated: boolean }>
}

/** The same for who has a place: `begin` runs when the turn has come, before any work, and may refuse it by throwing. */
export type HeldHashing = {
  hash(password: string, begin?: Begin): Promise<string>
  verify(password: string, stored: string | null, begin?: Begin): ReturnType<Hashing['verify']>
}
type Begin = () => void | Promise<void>

/**
 * All work is done in the thread pool, a few at a time. More than may wait, and who waits too long, are refused
 * `rate_limited`; whose turn has come once is not refused any more. Without an `asker` all are one.
 */
export type Passwords = {
  hash(password: string, asker?: Requester): Promise<string>
  /** As `Hashing.verify`. */
  verify(password: string, stored: string | null, asker?: Requester): ReturnType<Hashing['verify']>
  /** Takes a place before `run` does anything, for what it hashes and verifies one after the other. */
  hold<T>(run: (held: HeldHashing) => Promise<T>, asker?: Requester): Promise<T>
}

/** `behind`: the same line for who gives way. It has at most half of the places, and one turn in eight when others wait. */
export type PasswordQueue = Passwords & { behind: Passwords }

/** OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const strongCost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const [saltBytes, tagBytes] = [16, 32]
const empty = { salt: Buffer.alloc(saltBytes), tag: Buffer.alloc(tagBytes) }

const anyone: Requester = { from: '', known: false }

/**
 * `concurrency` hashes at a time, each of them a thread and 19 MiB; `queue` more callers may wait, in the order of
 * `line.ts`. One of these serves a process. Tests whose subject is not the hash take another `cost`, to be quick.
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
  const line = createFairQueue({ concurrency, places: concurrency + queue, clock, timers })

  function lane(name: QueueName): Passwords {
    async function hold<T>(run: (held: HeldHashing) => Promise<T>, asker = anyone): Promise<T> {
      const place = line.enter(name, asker)
      try {
        return await run(hashingIn(place, cost))
      } finally {
        place.leave()
      }
    }
    return {
      hold,
      hash: (password, asker) => hold(({ hash }) => hash(password), asker),
      verify: (password, stored, asker) => hold(({ verify }) => verify(password, stored), asker),
    }
  }

  return { ...lane('first'), behind: lane('behind') }
}

const hashingIn = (place: QueueSlot, cost: Argon2Cost): HeldHashing => ({
  hash: (password, begin) =>
    place.turn(async () => {
      await begin?.()
      return makeHash(password, cost)
    }),
  verify: (password, stored, begin) =>
    place.turn(async () => {
      await begin?.()
      const answer = await isPassword(password, stored, cost)
      if (!answer.ok) place.wrong()
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
