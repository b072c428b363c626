import type { Action, CallContext } from '../../core/action.ts'
import type { Caller, UserCaller } from '../../core/caller.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Passwords } from '../../platform/passwords/passwords.ts'
import type { Live } from '../../room/live/live.ts'
import type { Profiles } from '../../room/people.ts'
import type { People } from '../../room/types.ts'
import type { Tell } from '../hooks.ts'
import { type Attempts, createAccounts } from './accounts/accounts.ts'
import { createDeletions } from './deletion/deletions.ts'
import { createDeletionStore } from './deletion/store.ts'
import { createChanges } from './sessions/changes.ts'
import { createDeviceStore } from './sessions/device-store.ts'
import { createDevices, type DeviceKeys } from './sessions/devices.ts'
import { createGuests } from './guests.ts'
import { identityHandlers } from './handlers.ts'
import { prepareLooks } from './looks-store.ts'
import { isReserved } from './state.ts'
import { type Change, createSessionStore } from './sessions/store.ts'
import { createSessions } from './sessions/sessions.ts'
import { createIdentityStore } from './store.ts'
import { createTokens, type JwtKeys } from './sessions/tokens.ts'
import { createVerification } from './sessions/verification.ts'

export type { ReadableIdentityTables } from './tables.ts'

export type IdentityDeps = {
  db: Database
  clock: Clock
  timers: Timers
  keys: { readonly jwt: JwtKeys; readonly secret: DeviceKeys }
  /** ALLOW_GUESTS. */
  allowGuests: boolean
  /** The wire's version, as `connected` tells it. */
  protocol: number
  passwords: Passwords
  attempts: Attempts
  profiles: Profiles
  /** Told when someone was stored, named or changed, and whose session ended. */
  connections: Pick<Live, 'own' | 'owner' | 'become' | 'moveSession' | 'cutSessions'>
  /** `onUserDeleted` is told again and again, of a part each time, until nothing is found any more (rule A14). */
  tell: Pick<Tell, 'onProfile' | 'onSessionEnded' | 'onUserDeleted'>
  /** Something failed behind the scenes; it is tried again. */
  onFailure: (error: unknown) => void
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
  /** Whose a label is already: an account goes by this name (rule G5), or someone has this id. */
  ownerOf(label: string): Promise<'account_name' | 'user_id' | null>
  /** Makes what names of earlier releases are compared as (rule A13); before anybody is let in. */
  prepare(): Promise<void>
  /** Hears from now on what other nodes change (rule T6), and goes on with deletions (A14); answers what stops it, before the database closes. */
  follow(): () => Promise<void>
  /** Forgets sessions that are long over. */
  prune(): Promise<void>
}

/** Ms after which the connections of sessions that ended are settled once more: for those that were being opened then. */
const settleAgainAfter = 1_000
/** Ms that what is over is kept. */
const keptFor = 86_400_000

export function createIdentity(deps: IdentityDeps): Identity {
  const { db, clock, timers, keys, allowGuests, protocol, passwords, attempts } = deps
  const { profiles, connections, tell, onFailure } = deps
  const store = createIdentityStore(db)
  const sessionStore = createSessionStore(db)
  const tokens = createTokens({ clock, keys: keys.jwt })
  const verification = createVerification({ store: sessionStore, tokens, profiles, clock, onFailure })
  const { authenticate } = verification
  const changes = createChanges({ store: sessionStore, clock, timers, apply, onFailure })
  const onChanged = changes.look
  const sessions = createSessions({ store: sessionStore, users: store, tokens, clock, onEnded: onChanged })
  const secret = keys.secret.current
  const guests = createGuests({ store, profiles, sessions, tokens, clock, secret, allowGuests, connections })
  const deletions = createDeletions({
    ...{ store: createDeletionStore(db), forget: tell.onUserDeleted, clock, timers, onFailure },
  })
  const accounts = createAccounts({
    ...{ store, sessions, passwords, attempts, clock, onChanged, deletions },
    devices: { ...createDevices(keys.secret), ...createDeviceStore(db) },
  })

  /** Those of a session that another follows go on in that one (rule A1), those of one that ended end. */
  function settleConnections(moved: readonly string[][], ended: readonly string[]): void {
    for (const [from = '', to = ''] of moved) connections.moveSession(from, to)
    connections.cutSessions(ended)
  }

  /** What a node does about what it or another changed: rule T6. */
  async function apply(all: readonly Change[]): Promise<void> {
    const moved = all.filter(({ kind }) => kind === 'moved').map(({ ref }) => ref.split(' '))
    const ended = all.filter(({ kind }) => kind === 'session').map(({ ref }) => ref)
    if (ended.length > 0) {
      verification.end(new Set(ended))
      settleConnections(moved, ended)
      tell.onSessionEnded(ended)
      timers.after(settleAgainAfter, () => settleConnections(moved, ended))
    }
    const changed = all.filter(({ kind }) => kind === 'profile').map(({ ref }) => Number(ref))
    for (const { num, profile } of await store.usersByNum([...new Set(changed)])) {
      profiles.put(num, profile)
      const user = { num, id: profile.id }
      connections.become(user, profile)
      tell.onProfile(user, profile)
    }
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
    async ownerOf(label) {
      const [user, isName] = await Promise.all([store.userById(label), store.isAccountName(label)])
      if (user) return 'user_id'
      return isName || isReserved(label) ? 'account_name' : null
    },
    prepare: () => prepareLooks(db),
    follow() {
      const stops = [changes.follow(), deletions.follow()]
      return async () => {
        await Promise.all(stops.map((stop) => stop()))
        await verification.settled()
      }
    },
    prune: () => sessionStore.prune(clock.now() - keptFor, clock.now()),
    actions: identityHandlers({ allowGuests, clock, guests, accounts, sessions }),
  }
}
