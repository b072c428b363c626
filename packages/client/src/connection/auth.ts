import type { Call } from '../actions.ts'
import { asParlorError } from './failure.ts'
import { callHttp } from './http.ts'
import type { Outbox } from '../room/outbox/outbox.ts'
import type { Keep } from './storage.ts'
import { meOf, type SignedIn, type Tokens } from './tokens.ts'
import type { Auth, Me } from '../types.ts'
import { doors } from '../generated/actions.generated.ts'

type FromDevice = SignedIn & { device_token: string }

export type AuthDeps = {
  url: string
  call: Call
  tokens: Tokens
  outbox: Pick<Outbox, 'discardAll'>
  /** The storage and key of the device token (rule C6). */
  keep: Pick<Keep, 'get' | 'set'>
  deviceKey: string
}

export function createAuth({ url, call, tokens, outbox, keep, deviceKey }: AuthDeps): Auth {
  /** Signs in with this device's token, and stores the token in the answer (rule C6). */
  async function fromDevice(signIn: (device: { device_token: string | null }) => Promise<FromDevice>): Promise<Me> {
    const answer = await signIn({ device_token: keep.get(deviceKey) })
    try {
      keep.set(deviceKey, answer.device_token)
    } catch {
      // The storage is full: signing in works, but the device is not remembered.
    }
    return tokens.signedIn(answer)
  }

  /** Calls without an access token, because the user signing in may be another one than before. */
  function callWithoutToken<Answer extends SignedIn>(
    name: 'identity.signInGuest' | 'identity.login' | 'identity.setUp',
    input: object,
  ): Promise<Answer> {
    const [method, path] = doors[name]
    return callHttp<Answer>(url, { method, path, input, token: null })
  }

  function know(user: Me): Me {
    const me = meOf(user)
    tokens.know(me)
    return me
  }

  /**
   * Removes the user's session and unsent messages after `end` has ended it on the server; the server's own
   * `session_ended` may arrive first.
   */
  async function leave(end: () => Promise<unknown>): Promise<void> {
    const user_id = tokens.session.get()?.user_id
    if (user_id === undefined) return
    await end()
    outbox.discardAll(user_id)
    const now = tokens.session.get()
    if (now?.user_id === user_id) tokens.end(now.session_id)
  }

  return {
    guest: async (input) => tokens.signedIn(await callWithoutToken('identity.signInGuest', input)),
    login: (input) => fromDevice((device) => callWithoutToken('identity.login', { ...device, ...input })),
    register: (input) => fromDevice((device) => call('identity.register', { ...device, ...input })),
    setUp: (input) => fromDevice(() => callWithoutToken('identity.setUp', input)),
    // Signing out always succeeds: a session that could not be ended on the server expires.
    logout: () => leave(() => call('identity.logout').catch(asParlorError)),
    refresh: async () => void (await tokens.refresh()),
    reload: async () => know(await call('identity.me')),
    updateMe: async (input) => know(await call('identity.updateMe', input)),
    changePassword: (input) => call('identity.changePassword', input),
    deleteAccount: (input = {}) => leave(() => call('identity.deleteAccount', input)),
    sessions: () => call('identity.sessions'),
    revokeSession: async (input) => void (await call('identity.revokeSession', input)),
    createKey: (input) => call('identity.createKey', input),
    keys: () => call('identity.keys'),
    revokeKey: async (input) => void (await call('identity.revokeKey', input)),
    revokeOthers: () => call('identity.revokeOtherSessions'),
  }
}
