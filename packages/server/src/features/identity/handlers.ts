import { type Action, type Handler, implement } from '../../core/action.ts'
import { requireUser } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import type { Administrators } from './accounts/administrators.ts'
import { type Accounts, shownMe } from './accounts/accounts.ts'
import { identityActions } from './contract.ts'
import type { Guests } from './guests.ts'
import { clientInfoOf, type Sessions } from './sessions/sessions.ts'
import type { Keys } from './keys/keys.ts'
import { guestAccount } from './users/account-rows.ts'
import { identityErrors } from './errors.ts'

export type HandlersDeps = {
  allowsGuests: () => boolean
  administrators: Administrators
  clock: Clock
  guests: Guests
  accounts: Accounts
  sessions: Sessions
  keys: Keys
}

type Actions = typeof identityActions
type Handlers<Prefix extends keyof Actions> = { [Name in Prefix]: Handler<Actions[Name]> }

/** Callers act only on themselves, so there is nothing else to check. */
const allow = () => true as const

/** The actions of this feature with their handlers. */
export function identityHandlers(deps: HandlersDeps): Action[] {
  return implement(identityActions, {
    ...comingAndGoing(deps),
    ...oneself(deps),
    ...keysOf(deps),
    ...administering(deps),
  })
}

function comingAndGoing({ allowsGuests, guests, accounts, sessions }: HandlersDeps) {
  return {
    'identity.signInGuest': {
      allow: () => (allowsGuests() ? true : identityErrors.guests_not_allowed),
      run: ({ name }, caller, context) => guests.signIn(name, clientInfoOf(caller, context)),
    },
    'identity.register': {
      allow,
      async run(given, caller, context) {
        const isGuest = caller.kind === 'user' && caller.profile.guest
        const guest = isGuest ? await guests.stored(caller, context) : null
        return accounts.register(given, guest, { caller, context })
      },
    },
    'identity.login': { allow, run: (given, caller, context) => accounts.login(given, { caller, context }) },
    'identity.refresh': {
      allow,
      run: ({ refresh_token }, caller, context) => sessions.refresh(refresh_token, clientInfoOf(caller, context)),
    },
    'identity.logout': {
      allow,
      async run(_, caller, context) {
        const { user, session_id } = await guests.stored(caller, context)
        if (session_id !== null) await sessions.end({ user: user.num, only: session_id, forget: false })
        return { ok: true }
      },
    },
    'identity.sessions': {
      allow,
      async run(_, caller) {
        const { user, session_id } = requireUser(caller)
        return { items: await sessions.list(user.num, session_id), next_cursor: null }
      },
    },
    'identity.revokeSession': {
      allow,
      async run({ id }, caller) {
        const ended = await sessions.end({ user: requireUser(caller).user.num, only: id, forget: true })
        if (ended === 0) throw new AppError('not_found')
        return { ok: true }
      },
    },
    'identity.revokeOtherSessions': {
      allow,
      async run(_, caller) {
        const { user, session_id } = requireUser(caller)
        return { ok: true, revoked: await sessions.end({ user: user.num, except: session_id, forget: true }) }
      },
    },
  } satisfies Partial<Handlers<keyof Actions>>
}

function oneself({ clock, guests, accounts }: HandlersDeps) {
  return {
    'identity.me': {
      allow,
      run(_, caller) {
        const user = requireUser(caller)
        return user.user.num === 0 ? shownMe(guestAccount(user.profile, clock.now())) : accounts.me(user)
      },
    },
    'identity.updateMe': {
      allow,
      run: async (change, caller, context) => accounts.update(await guests.stored(caller, context), change),
    },
    'identity.rename': {
      allow,
      run: async ({ username }, caller, context) => accounts.update(await guests.stored(caller, context), { username }),
    },
    'identity.changePassword': {
      allow,
      async run(given, caller, context) {
        const revoked = await accounts.changePassword(await guests.stored(caller, context), given)
        return { ok: true, revoked }
      },
    },
    'identity.deleteAccount': {
      allow,
      async run({ password }, caller, context) {
        await accounts.remove(await guests.stored(caller, context), password)
        return { ok: true }
      },
    },
  } satisfies Partial<Handlers<keyof Actions>>
}

function keysOf({ keys }: HandlersDeps) {
  return {
    'identity.createKey': { allow: keys.allow, run: (wanted, caller) => keys.create(caller, wanted) },
    'identity.keys': {
      allow,
      run: async (_, caller) => ({ items: await keys.list(requireUser(caller).user.num), next_cursor: null }),
    },
    'identity.revokeKey': {
      allow,
      async run({ id }, caller) {
        await keys.revoke(requireUser(caller).user.num, id)
        return { ok: true }
      },
    },
  } satisfies Partial<Handlers<keyof Actions>>
}

function administering({ administrators }: HandlersDeps) {
  return {
    'identity.setUp': {
      allow,
      run: ({ server_name: name, ...given }, caller, context) =>
        administrators.setUp({ ...given, name }, { caller, context }),
    },
    'identity.setAdministrator': {
      allow,
      run: ({ user_id, admin }) => administrators.set(user_id, admin),
    },
  } satisfies Partial<Handlers<keyof Actions>>
}
