import type { CallContext } from '../../../core/action.ts'
import type { Caller } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Choices, ServerPolicy } from '../../server/server.ts'
import { identityErrors } from '../errors.ts'
import { shownUser } from '../sessions/sessions.ts'
import type { IdentityStore } from '../store.ts'
import type { Accounts } from './accounts.ts'
import { createSetupTokens, type SetupKeys } from './setup-token.ts'

export type AdministratorsDeps = {
  store: Pick<IdentityStore, 'administrators' | 'setAdministrator' | 'setUp' | 'userById' | 'account' | 'accountOf'>
  accounts: Pick<Accounts, 'make' | 'login'>
  policy: ServerPolicy
  keys: SetupKeys
  clock: Clock
  /** A change was stored: this node applies it before the caller is answered (rule T6). */
  onChanged: () => Promise<void>
}

type Setup = Choices & { token: string; email: string; username: string; password: string }

/** Who administers the server (rules AD1 to AD4). */
export function createAdministrators({ store, accounts, policy, keys, clock, onChanged }: AdministratorsDeps) {
  const tokens = createSetupTokens(keys)
  let all: ReadonlySet<number> = new Set()

  async function reload(): Promise<void> {
    all = new Set(await store.administrators())
    await policy.reload()
  }

  return {
    reload,
    any: () => all.size > 0,
    is: (user: number): boolean => all.has(user),
    /** A new token for the setup; null: there is an administrator. */
    setupToken: () => (all.size > 0 ? null : tokens.issue(clock.now())),

    /** Makes the account, or signs in to the one that has this address, and gives it the server. */
    async setUp(
      { token, email, username, password, ...choices }: Setup,
      asked: { caller: Caller; context: CallContext },
    ) {
      if (!tokens.isValid(token, clock.now())) throw new AppError(identityErrors.setup_token_invalid)
      if (all.size > 0) throw new AppError(identityErrors.already_set_up)
      const credentials = { email, password, lasts: 'hour' as const }
      const isKnown = (await store.accountOf(email)) !== null
      const signedIn = isKnown
        ? await accounts.login(credentials, asked)
        : await accounts.make({ ...credentials, username }, null, asked)
      const isFirst = await store.setUp(signedIn.user.id, policy.choose(choices), clock.now())
      await onChanged()
      if (!isFirst) throw new AppError(identityErrors.already_set_up)
      return { ...signedIn, user: { ...signedIn.user, admin: true } }
    },

    async set(id: string, admin: boolean) {
      const user = await store.userById(id)
      const account = user && (await store.account(user.num))
      if (!account) throw new AppError('not_found')
      if (account.guest) throw new AppError('forbidden', { text: 'Only accounts can administer the server' })
      if (account.admin === admin) return shownUser(account)
      if (!(await store.setAdministrator(account.num, admin, clock.now())))
        throw new AppError(identityErrors.last_administrator)
      await onChanged()
      return shownUser({ ...account, admin })
    },
  }
}
export type Administrators = ReturnType<typeof createAdministrators>
