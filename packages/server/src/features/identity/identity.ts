import { LRUCache } from 'lru-cache'
import { type Action, type CallContext, implement } from '../../core/action.ts'
import type { Caller, UserCaller, UserRef } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Live } from '../../room/live.ts'
import type { People } from '../../room/types.ts'
import { identityActions } from './contract.ts'
import { createGuests } from './guests.ts'
import { createProfiles } from './people.ts'
import { guestName, guestProfile } from './state.ts'
import { createIdentityStore } from './store.ts'
import { createTokens, type JwtKeys } from './tokens.ts'

export { identityMigrations } from './tables.ts'

export type IdentityDeps = {
  db: Database
  clock: Clock
  keys: { readonly jwt: JwtKeys; readonly secret: { readonly current: string } }
  /** ALLOW_GUESTS. */
  allowGuests: boolean
  /** The wire's version, as `connected` tells it. */
  protocol: number
  /** Told when a connection's guest was stored or named. Asked during calls only, so it may be made after identity. */
  connections: Pick<Live, 'own' | 'owner'>
}

export type Identity = {
  actions: readonly Action[]
  people: People
  /** Who comes with this token; null is none. Answers at once for a token that is known here (rules T1 to T3). */
  authenticate(token: string | null, address: string): Caller | Promise<Caller>
  /** The same for a socket, where nobody is a guest, with what `connected` says besides `sid`. */
  authenticateSocket(
    auth: { token: string | null },
    address: string,
  ): Promise<{ caller: UserCaller; connected: object }>
  /** Whom a call with this `sender` speaks for: rules G3 and G4. */
  speakAs(caller: Caller, label: string | null, context: CallContext): UserCaller | Promise<UserCaller>
  /** The caller with a num; every durable action asks for it (rule G2). Throws `not_authenticated` for nobody. */
  stored(caller: Caller, context: CallContext): UserCaller | Promise<UserCaller>
}

/** Verified tokens kept in memory. */
const cacheSize = 50_000

type Verified = { user: UserRef; session_id: string; expires_at: number }

export function createIdentity({ db, clock, keys, allowGuests, protocol, connections }: IdentityDeps): Identity {
  const store = createIdentityStore(db)
  const tokens = createTokens({ clock, keys: keys.jwt })
  const profiles = createProfiles(store.usersByNum)
  const secret = keys.secret.current
  const guests = createGuests({ store, profiles, tokens, clock, secret, allowGuests, connections })
  const verified = new LRUCache<string, Verified>({ max: cacheSize })

  function authenticate(token: string | null, address: string): Caller | Promise<Caller> {
    if (token === null) return { kind: 'nobody', address }
    const known = verified.get(token)
    const profile = known && profiles.cachedProfile(known.user.num)
    if (!known || !profile) return verify(token, address)
    if (known.expires_at <= clock.now()) throw new AppError('token_expired')
    return { kind: 'user', address, profile, ...known }
  }

  async function verify(token: string, address: string): Promise<UserCaller> {
    const { sub, sid: session_id, fresh, expires_at } = await tokens.verify(token)
    const session = await store.sessionUser(session_id, sub, clock.now())
    if (session === null && fresh) {
      const user = { num: 0, id: sub }
      return { kind: 'user', address, user, profile: guestProfile(sub, guestName), session_id, expires_at }
    }
    if (!session?.live) throw new AppError('token_invalid')
    const known = { user: { num: session.num, id: sub }, session_id, expires_at }
    verified.set(token, known)
    return { kind: 'user', address, profile: await profiles.loadProfile(session.num), ...known }
  }

  return {
    people: profiles,
    authenticate,
    async authenticateSocket({ token }, address) {
      const server_time = new Date(clock.now()).toISOString()
      if (token === null) {
        const { caller, access_token } = await guests.arrive(address)
        return { caller, connected: { user: caller.profile, server_time, protocol, access_token } }
      }
      const caller = await authenticate(token, address)
      if (caller.kind === 'nobody') throw new AppError('token_invalid')
      return { caller, connected: { user: caller.profile, server_time, protocol } }
    },
    speakAs: guests.speakAs,
    stored: guests.stored,
    actions: implement(identityActions, {
      'identity.signInGuest': {
        allow: () => (allowGuests ? true : 'guests_not_allowed'),
        async run({ name }) {
          const { user, ...rest } = await guests.signIn(name)
          return { user: { ...user, created_at: new Date(user.created_at).toISOString() }, ...rest }
        },
      },
    }),
  }
}
