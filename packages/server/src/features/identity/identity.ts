import type { Action, CallContext } from '../../core/action.ts'
import type { Caller, UserCaller } from '../../core/caller.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { TellUnreadable } from '../../core/stored.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Passwords } from '../../platform/passwords/passwords.ts'
import type { Live } from '../../room/live/live.ts'
import type { Profiles } from '../../room/people.ts'
import type { People } from '../../room/types.ts'
import type { Tell } from '../hooks.ts'
import type { ServerPolicy } from '../server/server.ts'
import { type InvitationCheck, type PasswordAttempts, createAccounts } from './accounts/accounts.ts'
import { type Administrators, createAdministrators } from './accounts/administrators.ts'
import { createChanges } from './sessions/changes.ts'
import { createDeviceStore } from './sessions/device-store.ts'
import { createDevices, type DeviceKeys } from './sessions/devices.ts'
import { createGuests } from './guests.ts'
import { identityHandlers } from './handlers.ts'
import { prepareLookalikeKeys } from './users/lookalike-keys-store.ts'
import { isReserved } from './state.ts'
import { type SessionChange, createSessionStore } from './sessions/store.ts'
import { createSessions } from './sessions/sessions.ts'
import { createIdentityStore } from './store.ts'
import { assertScope } from '../../core/key-rights.ts'
import { createKeys, type RoomCheck } from './keys/keys.ts'
import { keyStart } from './keys/key-text.ts'
import { createKeyStore } from './keys/store.ts'
import { createKeyVerification, type KeyVerificationDeps } from './keys/verification.ts'
import { createTokens, type JwtKeys } from './sessions/tokens.ts'
import { createVerification } from './sessions/verification.ts'

export { routeContext } from './route-context.ts'
export { userJoins } from './users/joins.ts'

export type IdentityDeps = {
  db: Database
  /** Called for stored rows that cannot be read. */
  unreadable: TellUnreadable
  clock: Clock
  timers: Timers
  keys: { readonly jwt: JwtKeys; readonly secret: DeviceKeys }
  /** Who may come, and what the server is called. */
  policy: ServerPolicy
  /** The wire's version, as `connected` tells it. */
  protocol: number
  passwords: Passwords
  attempts: PasswordAttempts
  /** Counts calls with unknown API keys (rule AK7). */
  unknownKeys: KeyVerificationDeps['unknown']
  profiles: Profiles
  /** Updated when a user is stored, named or changed, and when a session ends. */
  connections: Pick<Live, 'own' | 'owner' | 'become' | 'moveSession' | 'cutSessions'>
  tell: Pick<Tell, 'onProfile' | 'onSessionEnded'>
  jobs: Pick<Jobs, 'statement' | 'wake'>
  /** Reports a failure of background work that will be retried. */
  onFailure: (error: unknown) => void
}

export type Identity = {
  actions: readonly Action[]
  people: People
  /** The caller with this token; null is no token. Synchronous for a token in the cache (rules T1 to T3). */
  authenticate(token: string | null, address: string): Caller | Promise<Caller>
  /** The same for a socket, where a caller without a token is a guest, with the fields of `connected` besides `sid`. */
  authenticateSocket(
    auth: { token: string | null },
    address: string,
  ): Promise<{ caller: UserCaller; connected: object }>
  /** The user on whose behalf a call with this `sender` is made: rules G3 and G4. */
  speakAs(caller: Caller, label: string | null, context: CallContext): UserCaller | Promise<UserCaller>
  /** The caller with a num; every durable action needs it (rule G2). Throws `not_authenticated` without a caller. */
  stored(caller: Caller, context: CallContext): UserCaller | Promise<UserCaller>
  /** Whether a label is in use: as the name of an account (rule G5), or as the id of a user. */
  ownerOf(label: string): Promise<'account_name' | 'user_id' | null>
  /** Computes the look-alike keys of names of earlier releases (rule A13), before the server accepts callers. */
  prepare(): Promise<void>
  /** Starts to follow other nodes' changes (rule T6); returns a function that stops it, to be called before the database closes. */
  follow(): () => Promise<void>
  administrators: Pick<Administrators, 'any' | 'setupToken'>
  /** Sets the check of invite links, for servers where a new account needs one (rule AD5). */
  invitations(check: InvitationCheck): void
  /** Sets the check whether a caller may read a room, for API keys that are limited to rooms (rule AK4). */
  readableRooms(check: RoomCheck): void
  /**
   * Sets the picture of a stored caller to one that this server serves (rule P3). Their rooms are told, as of any change of a
   * profile.
   */
  setPicture(caller: UserCaller, avatar_url: string): Promise<void>
  /** Sets what deletes a picture once its user has another one or none, or once their account is deleted. */
  picturesGone(remove: (avatar_url: string) => Promise<void>): void
  /** Deletes sessions that ended long ago. */
  prune(): Promise<void>
}

/** Ms after which connections of ended sessions are closed or moved once more, for those that were still opening. */
const settleAgainAfter = 1_000
/** Ms for which ended sessions are kept. */
const keptFor = 86_400_000

export function createIdentity(deps: IdentityDeps): Identity {
  const { db, clock, timers, keys, policy, protocol, passwords, attempts } = deps
  const allowsGuests = () => policy.now().guests
  const { profiles, connections, tell, onFailure } = deps
  const store = createIdentityStore(db, deps.unreadable)
  const sessionStore = createSessionStore(db, deps.unreadable)
  const tokens = createTokens({ clock, keys: keys.jwt })
  const isAdmin = (user: number) => administrators.is(user)
  const verification = createVerification({ store: sessionStore, tokens, profiles, clock, isAdmin, onFailure })
  const keyStore = createKeyStore(db, deps.unreadable)
  const keyVerification = createKeyVerification({
    ...{ store: keyStore, profiles, clock, timers, isAdmin, onFailure },
    unknown: deps.unknownKeys,
    onExpired: (ids) => endConnections([], ids),
  })
  const authenticate: Identity['authenticate'] = (token, address) =>
    token?.startsWith(keyStart)
      ? keyVerification.authenticate(token, address)
      : verification.authenticate(token, address)
  const changes = createChanges({ store: sessionStore, clock, timers, apply, onFailure })
  const onChanged = changes.look
  const sessions = createSessions({ store: sessionStore, users: store, tokens, clock, onEnded: onChanged })
  const secret = keys.secret.current
  const guests = createGuests({ store, profiles, sessions, tokens, clock, secret, allowsGuests, connections })
  const accounts = createAccounts({
    ...{ store, sessions, passwords, attempts, clock, onChanged, jobs: deps.jobs },
    devices: { ...createDevices(keys.secret), ...createDeviceStore(db) },
    registration: () => policy.now().registration,
    isInvited: (invite) => isInvited(invite),
    onPictureGone: (avatar_url) => onPictureGone(avatar_url),
  })
  const administrators = createAdministrators({ store, accounts, policy, keys: keys.secret, clock, onChanged })
  const apiKeys = createKeys({
    ...{ store: keyStore, clock, onEnded: onChanged },
    isReadable: (caller, room_id) => isReadable(caller, room_id),
  })
  /** Whether a caller may read a room: rooms say so. */
  let isReadable: RoomCheck = async () => false
  /** Removes a picture that no person uses any longer; the feature `pictures` sets it. */
  let onPictureGone = async (_avatar_url: string): Promise<void> => undefined
  /** Whether an invite link holds: rooms say so. */
  let isInvited: InvitationCheck = async () => false

  /** Moves connections to the session that replaces theirs (rule A1), and closes those of ended sessions. */
  function settleConnections(moved: readonly string[][], ended: readonly string[]): void {
    for (const [from = '', to = ''] of moved) connections.moveSession(from, to)
    connections.cutSessions(ended)
  }

  /** Now, and once more for connections that are just being opened. */
  function endConnections(moved: readonly string[][], ended: readonly string[]): void {
    settleConnections(moved, ended)
    tell.onSessionEnded(ended)
    timers.after(settleAgainAfter, () => settleConnections(moved, ended))
  }

  /** Applies changes that this or another node made: rule T6. */
  async function apply(all: readonly SessionChange[]): Promise<void> {
    const moved = all.filter(({ kind }) => kind === 'moved').map(({ ref }) => ref.split(' '))
    const ended = all.filter(({ kind }) => kind === 'session').map(({ ref }) => ref)
    if (ended.length > 0) {
      verification.end(new Set(ended))
      keyVerification.end(ended)
      endConnections(moved, ended)
    }
    if (all.some(({ kind }) => kind === 'server')) await administrators.reload()
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
      if (caller.kind === 'anonymous') throw new AppError('token_invalid')
      assertScope('messages:read', caller)
      return { caller, connected: { user: caller.profile, server_time, protocol } }
    },
    speakAs: guests.speakAs,
    stored: guests.stored,
    async ownerOf(label) {
      const [user, isName] = await Promise.all([store.userById(label), store.isAccountName(label)])
      if (user) return 'user_id'
      return isName || isReserved(label) ? 'account_name' : null
    },
    async prepare() {
      await prepareLookalikeKeys(db)
      await administrators.reload()
    },
    administrators,
    invitations: (check) => void (isInvited = check),
    readableRooms: (check) => void (isReadable = check),
    setPicture: (caller, avatar_url) => accounts.update(caller, { avatar_url }).then(() => undefined),
    picturesGone: (remove) => void (onPictureGone = remove),
    follow() {
      const stop = changes.follow()
      return async () => {
        await stop()
        await Promise.all([verification.settled(), keyVerification.stop()])
      }
    },
    prune: () => sessionStore.prune(clock.now() - keptFor, clock.now()),
    actions: identityHandlers({ allowsGuests, clock, guests, accounts, sessions, administrators, keys: apiKeys }),
  }
}
