import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'
import { rateLimited } from '../limiter/limiter.ts'
import { type Argon2Cost, type Argon2Hash, decodeHash, encodeHash } from './phc.ts'

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

/** All work is done in the thread pool, a few at a time; more than may wait are refused `rate_limited`. */
export type Passwords = Hashing & {
  /** Takes a place before `run` does anything: what it hashes and verifies, one after the other, is not refused any more. */
  hold<T>(run: (held: Hashing) => Promise<T>): Promise<T>
}

/** `behind`: the same queue for who gives way. It has at most half of the places, and its turns come after all others. */
export type PasswordQueue = Passwords & { behind: Passwords }

/** OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const cost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const [saltBytes, tagBytes] = [16, 32]
const nobodys: Argon2Hash = { cost, salt: Buffer.alloc(saltBytes), tag: Buffer.alloc(tagBytes) }

/**
 * `concurrency` hashes at a time, each of them a thread and 19 MiB; `queue` more callers may wait. One of these serves a
 * process.
 */
export function createPasswords({ concurrency = 2, queue = 100 } = {}): PasswordQueue {
  const places = concurrency + queue
  const turn = createTurns(concurrency)
  let taken = 0

  function lane(order: Order, limit: number): Passwords {
    const held = hashingIn((job) => turn(order, job))
    let here = 0
    async function hold<T>(run: (held: Hashing) => Promise<T>): Promise<T> {
      if (taken >= places || here >= limit) throw rateLimited(1000)
      taken += 1
      here += 1
      try {
        return await run(held)
      } finally {
        taken -= 1
        here -= 1
      }
    }
    return {
      hold,
      hash: (password) => hold(({ hash }) => hash(password)),
      verify: (password, stored) => hold(({ verify }) => verify(password, stored)),
    }
  }

  return { ...lane('first', places), behind: lane('behind', Math.ceil(places / 2)) }
}

type Order = 'first' | 'behind'
type Turn = <T>(job: () => Promise<T>) => Promise<T>

function hashingIn(turn: Turn): Hashing {
  async function isHash(password: string, hash: Argon2Hash): Promise<boolean> {
    return timingSafeEqual(await derive(password, hash), hash.tag)
  }

  return {
    hash: (password) =>
      turn(async () => {
        const fresh = { cost, salt: randomBytes(saltBytes), tag: Buffer.alloc(tagBytes) }
        return encodeHash({ ...fresh, tag: await derive(password, fresh) })
      }),
    verify: (password, stored) =>
      turn(async () => {
        if (stored !== null && /^\$2[aby]\$/.test(stored)) {
          const ok = await verifyBcrypt(password, stored)
          return { ok, outdated: ok }
        }
        const hash = stored === null ? null : decodeHash(stored)
        const ok = (await isHash(password, hash ?? nobodys)) && hash !== null
        return { ok, outdated: ok && hash !== null && isWeaker(hash) }
      }),
  }
}

function derive(password: string, { cost: { memory, passes, parallelism }, salt, tag }: Argon2Hash): Promise<Buffer> {
  const message = password.normalize('NFKC')
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: tag.length }, (error, derived) =>
    error ? reject(error) : resolve(derived),
  )
  return promise
}

const isWeaker = ({ cost: { memory, passes }, salt, tag }: Argon2Hash): boolean =>
  memory < cost.memory || passes < cost.passes || salt.length < saltBytes || tag.length < tagBytes

/** Runs at most `concurrency` jobs at once, the others by their order and then by their coming. */
function createTurns(concurrency: number) {
  const waiting: Readonly<Record<Order, (() => void)[]>> = { first: [], behind: [] }
  let running = 0
  return async function take<T>(order: Order, job: () => Promise<T>): Promise<T> {
    if (running < concurrency) running += 1
    // Whoever ends hands its turn on.
    else await new Promise<void>((resolve) => waiting[order].push(resolve))
    try {
      return await job()
    } finally {
      const next = waiting.first.shift() ?? waiting.behind.shift()
      if (next) next()
      else running -= 1
    }
  }
}
