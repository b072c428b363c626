import type { CallContext } from '../../../core/action.ts'
import type { UserCaller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { type Query, UniqueViolation } from '../../../platform/db/database.ts'
import { addressKey } from '../../../core/address-key.ts'
import { rateLimited } from '../../../platform/limiter/limiter.ts'
import type { Requester, HeldHashing, Passwords } from '../../../platform/passwords/passwords.ts'
import { newId } from '../../../core/id.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import { deletionOf } from './deletion.ts'
import type { DeviceStore } from '../sessions/device-store.ts'
import type { Devices, SignInSource } from '../sessions/devices.ts'
import { passwordFault, usernameFault } from './password-rules.ts'
import { tokenLifetimes, clientInfoOf, type SignedIn, type Sessions, shownUser } from '../sessions/sessions.ts'
import type { Registration } from '../../server/contract.ts'
import { nameKey } from '../state.ts'
import type { IdentityStore } from '../store.ts'
import type { Account, NewAccount, ProfileChange } from '../users/account-rows.ts'
import { identityErrors } from '../errors.ts'

/** Counts one password attempt; returns the ms to wait before another, 0 when this one is allowed (rule A5). */
export type PasswordAttempts = {
  byCaller(key: string): number | Promise<number>
  byAccount(key: string): number | Promise<number>
  /** `key`: a device or address from which the account was signed in to before (rule A11). */
  byDevice(key: string): number | Promise<number>
}

export type AccountsDeps = {
  store: IdentityStore
  sessions: Sessions
  passwords: Passwords
  attempts: PasswordAttempts
  devices: Devices & DeviceStore
  clock: Clock
  jobs: Pick<Jobs, 'statement' | 'wake'>
  registration: () => Registration
  isInvited: InvitationCheck
  /** A profile changed or sessions ended: this node applies it before the caller is answered (rule T6). */
  onChanged: () => Promise<void>
  /** A user has this picture no longer. */
  onPictureGone: (avatar_url: string) => Promise<void>
}

type Asked = { caller: { address: string }; context: CallContext }
type Door = { lasts: 'hour' | 'half_day'; device_token?: string | null | undefined }
/** Whether this invite link holds. */
export type InvitationCheck = (invite: Invitation) => Promise<boolean>
type Invitation = { room_id: string; code: string }
type Registering = Door & { email: string; password: string; username: string; invite?: Invitation | null | undefined }
/** What must be unique among accounts. */
type Names = { username?: string | undefined; email?: string | undefined }
type Login = Door & { email: string; password: string }

export type Accounts = ReturnType<typeof createAccounts>

export function createAccounts(deps: AccountsDeps) {
  const { store, sessions, passwords, attempts, devices, clock, onChanged } = deps

  /** The device token of the caller (a new one unless they sent a valid one), and the stored keys of device and address. */
  function originsOf(user_id: string, address: string, given: string | null | undefined) {
    const known = devices.ofToken(given)
    const token = known && given ? given : devices.newToken()
    const device = known ?? devices.ofToken(token)
    return { token, origins: [...(device ? [device] : []), devices.ofAddress(user_id, address)] }
  }

  /** A known device or address has its own budget, which guesses from elsewhere do not use up (rule A11). */
  async function attemptFrom(account: Account | null, known: readonly SignInSource[], name: string, address: string) {
    for (const { key } of account ? known : []) {
      if ((await attempts.byDevice(`account ${account?.id} ${key}`)) === 0) return
    }
    await attempt(name, address)
  }

  async function attempt(account: string, address: string): Promise<void> {
    const here = await attempts.byCaller(`account ${account} ${addressKey(address)}`)
    const wait = here > 0 ? here : await attempts.byAccount(account)
    if (wait > 0) throw rateLimited(wait)
  }

  async function assertFree(given: Names, num: number): Promise<void> {
    const { username, email } = await store.taken(given, num)
    if (!username && !email) return
    const errors = {
      ...(email ? { email: 'An account with this e-mail address exists' } : {}),
      ...(username ? { username: 'An account with this name exists' } : {}),
    }
    throw new AppError(identityErrors.account_exists, { details: { errors } })
  }

  /** The result of `write`; if another account has taken the name or address meanwhile, `account_exists` names the field. */
  async function unlessTaken<T>(given: Names, num: number, write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      await assertFree(given, num)
      throw new AppError(identityErrors.account_exists, { cause: error })
    }
  }

  /** Where not everyone may have an account: rule AD5. */
  async function assertMayRegister({ invite }: Registering): Promise<void> {
    const registration = deps.registration()
    if (registration === 'closed') throw new AppError(identityErrors.registration_closed)
    if (registration === 'open') return
    if (!invite || !(await deps.isInvited(invite))) throw new AppError(identityErrors.invitation_needed)
  }

  async function register(given: Registering, guest: UserCaller | null, asked: Asked) {
    await assertMayRegister(given)
    return make(given, guest, asked)
  }

  /** `guest` becomes the account, in a session that begins now (rule A1); null: a new user. */
  async function make(
    given: Registering,
    guest: UserCaller | null,
    { caller, context }: Asked,
  ): Promise<SignedIn & { device_token: string }> {
    const { username, email } = given
    const num = guest?.user.num ?? 0
    await assertFree({ username, email }, num)
    const password_hash = await passwords.hash(given.password, { from: addressKey(caller.address), known: false })
    const account: NewAccount = { username, email, password_hash }
    const session = sessions.begin(clientInfoOf(caller, context))
    const id = guest?.user.id ?? newId()
    const { token, origins } = originsOf(id, caller.address, given.device_token)
    const isKept = await unlessTaken({ username, email }, num, async () => {
      if (guest) return store.promote({ ...guest.user, session_id: guest.session_id }, account, session, origins)
      await store.putAccount(id, account, session, origins)
      return true
    })
    if (!isKept) throw new AppError('conflict')
    if (guest) await onChanged()
    const kept = await store.accountOf(email)
    if (!kept) throw new AppError('conflict')
    return { ...(await sessions.opened(kept, session, tokenLifetimes[given.lasts])), device_token: token }
  }

  async function login({ email, password, lasts: door, ...given }: Login, { caller, context }: Asked) {
    const { address } = caller
    // Read before queueing: a request in the hashing queue only waits, so its place can be given to an asker with fewer.
    const account = await store.accountOf(email)
    const stored = account?.password_hash ?? null
    const { token, origins } = originsOf(account?.id ?? '', address, given.device_token)
    const known = await devices.known(account?.num ?? 0, origins, clock.now())
    const asker = known[0]
      ? { from: `device ${known[0].key}`, known: true }
      : { from: addressKey(address), known: false }
    return passwords.hold(async ({ verify, hash }) => {
      // An account that does not exist costs the same work, so that the response time reveals nothing (rule A4).
      const { ok, outdated } = await verify(password, stored, () =>
        attemptFrom(account, known, nameKey(email), address),
      )
      if (!account || stored === null || !ok) throw new AppError(identityErrors.invalid_credentials)
      const session = sessions.begin(clientInfoOf(caller, context))
      const hashes = { from: stored, to: outdated ? await hash(password) : stored }
      if (!(await store.openSession(account, hashes, session, origins)))
        throw new AppError(identityErrors.invalid_credentials)
      return { ...(await sessions.opened(account, session, tokenLifetimes[door])), device_token: token }
    }, asker)
  }

  async function known({ user }: UserCaller): Promise<Account> {
    const account = await store.account(user.num)
    if (!account) throw new AppError('token_invalid')
    return account
  }

  /** Throws `forbidden` where there is no password, `invalid_password` for a wrong one. Answers the hash. */
  async function confirm(
    { verify }: Pick<HeldHashing, 'verify'>,
    account: Account,
    password: string,
    { session_id, address }: UserCaller,
  ): Promise<string> {
    if (account.password_hash === null)
      throw new AppError('forbidden', { text: 'Only accounts with a password can do this' })
    // Counted per session, so that another session of the user cannot use up this one's attempts.
    const { ok } = await verify(password, account.password_hash, async () => {
      const wait = await attempts.byCaller(`account ${account.id} ${session_id ?? addressKey(address)}`)
      if (wait > 0) throw rateLimited(wait)
    })
    if (!ok) throw new AppError(identityErrors.invalid_password)
    return account.password_hash
  }

  async function update(caller: UserCaller, change: ProfileChange & { password?: string }) {
    const { password, ...fields } = change
    const account = await known(caller)
    // An unchanged name is not checked again: guests may share names, and older names stay.
    if (fields.username === account.username) fields.username = undefined
    const fault = fields.username !== undefined && !account.guest ? usernameFault(fields.username) : null
    if (fault) throw new AppError('validation_error', { details: { errors: { username: fault } } })
    if (fields.email !== undefined && fields.email !== account.email) {
      if (account.guest) throw new AppError('forbidden', { text: 'Guests have no e-mail address; register first' })
      if (password === undefined) throw new AppError('missing_fields', { details: { required: ['password'] } })
      await passwords.hold((held) => confirm(held, account, password, caller), oneself(caller))
    }
    if (Object.values(fields).some((value) => value !== undefined)) {
      // Guests may share their names (rule G1).
      const names: Names = account.guest ? {} : fields
      await assertFree(names, account.num)
      const write = () => store.changeProfile(account.num, account.guest, fields, clock.now())
      if (!(await unlessTaken(names, account.num, write))) throw new AppError('conflict')
      await onChanged()
      if (fields.avatar_url !== undefined) await pictureGone(account, fields.avatar_url)
    }
    return shownMe(await known(caller))
  }

  /** `now`: the picture that the account has instead. */
  async function pictureGone({ avatar_url: before }: Account, now: string | null): Promise<void> {
    if (before !== null && before !== now) await deps.onPictureGone(before)
  }

  async function changePassword(caller: UserCaller, given: { old_password: string; new_password: string }) {
    const account = await known(caller)
    const fault = passwordFault(given.new_password, { email: account.email ?? '', username: account.username })
    if (fault) throw new AppError('validation_error', { details: { errors: { new_password: fault } } })
    const { from, to } = await passwords.hold(
      async (held) => ({
        from: await confirm(held, account, given.old_password, caller),
        to: await held.hash(given.new_password),
      }),
      oneself(caller),
    )
    const revoked = await store.changePassword(account.num, { from, to }, caller.session_id, clock.now())
    if (revoked === null) throw new AppError('conflict')
    if (revoked > 0) await onChanged()
    return revoked
  }

  async function remove(caller: UserCaller, password: string | null | undefined): Promise<void> {
    const account = await known(caller)
    if (account.password_hash !== null) {
      if (password == null) throw new AppError('missing_fields', { details: { required: ['password'] } })
      await passwords.hold((held) => confirm(held, account, password, caller), oneself(caller))
    }
    if (await store.isLastAdministrator(account.num)) throw new AppError(identityErrors.last_administrator)
    const rest = (when: Query) => deps.jobs.statement(deletionOf(account), { when })
    if (!(await store.remove(account, clock.now(), rest))) throw new AppError('conflict')
    deps.jobs.wake()
    await onChanged()
    await pictureGone(account, null)
  }

  return {
    register,
    /** The same whoever may register: for the setup. */
    make,
    login,
    me: async (caller: UserCaller) => shownMe(await known(caller)),
    update,
    changePassword,
    remove,
  }
}

/** A signed-in user has the priority of a known device in the hashing queue (rule A12). */
const oneself = ({ user }: UserCaller): Requester => ({ from: `user ${user.id}`, known: true })

/** Rule P2. */
export const shownMe = (account: Account) => ({ ...shownUser(account), external_ids: {} })
