import type { CallContext } from '../../core/action.ts'
import { type Caller, type Profile, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import type { Live } from '../../room/live/live.ts'
import { senderName } from './contract.ts'
import type { Profiles } from '../../room/people.ts'
import { tokenLifetimes, type ClientInfo, clientInfoOf, type SignedIn, type Sessions } from './sessions/sessions.ts'
import { guestName, guestProfile, isReserved, labelledId } from './state.ts'
import type { IdentityStore } from './store.ts'
import { guestAccount } from './users/account-rows.ts'
import type { Tokens } from './sessions/tokens.ts'
import { identityErrors } from './errors.ts'

export type GuestsDeps = {
  store: IdentityStore
  profiles: Profiles
  sessions: Sessions
  tokens: Tokens
  clock: Clock
  /** Keys the ids of labelled guests (rule G3). */
  secret: string
  allowsGuests: () => boolean
  connections: Pick<Live, 'own' | 'owner'>
}

export type Guests = ReturnType<typeof createGuests>

export function createGuests(deps: GuestsDeps) {
  const { store, profiles, sessions, tokens, clock, secret, allowsGuests, connections } = deps

  /** Guests of sockets without a token, by their first profile, with the naming by `sender` once it has begun (rule G4). */
  const arrivals = new WeakMap<Profile, { naming: Promise<UserCaller> | null }>()

  function assertAllowed(): void {
    if (!allowsGuests()) throw new AppError(identityErrors.guests_not_allowed)
  }

  async function assertNotTaken(name: string): Promise<void> {
    if (isReserved(name) || (await store.isAccountName(name))) throw new AppError(identityErrors.sender_taken)
  }

  /** A new guest with a session, stored at once. */
  async function signIn(name: string, origin: ClientInfo): Promise<SignedIn> {
    const profile = guestProfile(newId(), name)
    const session = sessions.begin(origin)
    const { num } = await store.putGuest(profile, session.created_at, session, false)
    profiles.put(num, profile)
    return sessions.opened(guestAccount(profile, session.created_at), session, tokenLifetimes.hour)
  }

  /** The guest of a socket without a token, not stored yet (rule G2). */
  async function arrive(address: string): Promise<{ caller: UserCaller; access_token: string }> {
    assertAllowed()
    const profile = guestProfile(newId(), guestName)
    const session_id = newId()
    arrivals.set(profile, { naming: null })
    const user = { num: 0, id: profile.id }
    const caller: UserCaller = { kind: 'user', address, user, profile, session_id, expires_at: null }
    const claims = { sub: profile.id, sid: session_id, fresh: true }
    return { caller, access_token: await tokens.signAccess(claims, tokenLifetimes.guestAccess) }
  }

  async function labelledGuest(name: string, address: string): Promise<UserCaller> {
    assertAllowed()
    const profile = guestProfile(labelledId(secret, name, address), name)
    const [kept] = await Promise.all([store.userById(profile.id), assertNotTaken(name)])
    const user = { num: kept?.num ?? 0, id: profile.id }
    return { kind: 'user', address, user, profile, session_id: null, expires_at: null }
  }

  async function nameArrival(caller: UserCaller, name: string, connection_id: string): Promise<UserCaller> {
    await assertNotTaken(name)
    const owner = connections.owner(connection_id)
    const user = owner?.user ?? caller.user
    let profile = { ...caller.profile, name }
    if (user.num !== 0) {
      // As it is stored: the guest may have a picture by now.
      ;({ profile } = await store.putGuest(profile, clock.now(), null, true))
      profiles.put(user.num, profile)
    }
    if (owner) connections.own(connection_id, { ...owner, profile })
    return { ...caller, user, profile }
  }

  /** The user on whose behalf a call with this `sender` is made: rules G3 and G4. */
  function speakAs(caller: Caller, label: string | null, context: CallContext): UserCaller | Promise<UserCaller> {
    if (caller.kind === 'anonymous') return labelledGuest(label ? nameFrom(label) : guestName, caller.address)
    const arrival = arrivals.get(caller.profile)
    const { connection_id } = context
    if (!arrival || connection_id === null) return caller
    // Waits for a naming under way, so that what was sent after it appears under the new name too.
    if (arrival.naming) return arrival.naming.catch(() => speakAs(caller, label, context))
    if (!label) return caller
    arrival.naming = nameArrival(caller, nameFrom(label), connection_id).catch((error: unknown) => {
      arrival.naming = null
      throw error
    })
    return arrival.naming
  }

  async function keep(caller: UserCaller, context: CallContext): Promise<UserCaller> {
    const { connection_id } = context
    const owner = connection_id === null ? undefined : connections.owner(connection_id)
    const profile = owner?.profile ?? caller.profile
    const now = clock.now()
    const { session_id: id, expires_at: until } = caller
    const expires_at = until ?? now + tokenLifetimes.guestAccess
    const session = id === null ? null : { id, created_at: now, expires_at, ...clientInfoOf(caller, context) }
    const kept = await store.putGuest(profile, now, session, profile.name !== guestName)
    const user = { num: kept.num, id: kept.profile.id }
    profiles.put(kept.num, kept.profile)
    // Read again: the guest may have been named during the write. The profile stays the same object (rule G4).
    const current = connection_id === null ? undefined : connections.owner(connection_id)
    if (connection_id !== null && current?.user?.id === user.id) connections.own(connection_id, { ...current, user })
    if (caller.user.id === user.id) context.calls?.stored(user)
    return { ...caller, user, profile: kept.profile }
  }

  /** The caller with a num: stores a guest who is not stored yet (rule G2). Throws `not_authenticated` without a caller. */
  function stored(caller: Caller, context: CallContext): UserCaller | Promise<UserCaller> {
    const user = requireUser(caller)
    return user.user.num === 0 ? keep(user, context) : user
  }

  return { signIn, arrive, speakAs, stored }
}

/** Validates a `sender`, only where it is used: with a token it may hold anything (rule G4). */
function nameFrom(label: string): string {
  const parsed = senderName.safeParse(label)
  if (parsed.success) return parsed.data
  const sender = parsed.error.issues[0]?.message ?? 'This is not a name'
  throw new AppError('validation_error', { details: { errors: { sender } } })
}
