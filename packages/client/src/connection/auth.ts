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
  /** Where the device's token is kept (rule C6), and under which key. */
  keep: Pick<Keep, 'get' | 'set'>
  deviceKey: string
}

export function createAuth({ url, call, tokens, outbox, keep, deviceKey }: AuthDeps): Auth {
  /** Signs in with the token of this device, and keeps the one that is answered (rule C6). */
  async function fromDevice(signIn: (device: { device_token: string | null }) => Promise<FromDevice>): Promise<Me> {
    const answer = await signIn({ device_token: keep.get(deviceKey) })
    try {
      keep.set(deviceKey, answer.device_token)
    } catch {
      // A storage that is full: the device stays unknown, and signs in all the same.
    }
    return tokens.signedIn(answer)
  }

  /** As nobody: whoever signs in need not have been somebody before. */
  function asNobody<Answer extends SignedIn>(
    name: 'identity.signInGuest' | 'identity.login',
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

  /** Ends all that is here of who is signed in, once `end` has ended it there; the server's own word of it may come first. */
  async function leave(end: () => Promise<unknown>): Promise<void> {
    const user_id = tokens.session.get()?.user_id
    if (user_id === undefined) return
    await end()
    outbox.discardAll(user_id)
    const now = tokens.session.get()
    if (now?.user_id === user_id) tokens.end(now.session_id)
  }

  return {
    guest: async (input) => tokens.signedIn(await asNobody('identity.signInGuest', input)),
    login: (input) => fromDevice((device) => asNobody('identity.login', { ...device, ...input })),
    register: (input) => fromDevice((device) => call('identity.register', { ...device, ...input })),
    // Whoever wants to go, goes: a session that could not be ended there ends by itself.
    logout: () => leave(() => call('identity.logout').catch(asParlorError)),
    refresh: async () => void (await tokens.refresh()),
    reload: async () => know(await call('identity.me')),
    updateMe: async (input) => know(await call('identity.updateMe', input)),
    changePassword: (input) => call('identity.changePassword', input),
    deleteAccount: (input = {}) => leave(() => call('identity.deleteAccount', input)),
    sessions: () => call('identity.sessions'),
    revokeSession: async (input) => void (await call('identity.revokeSession', input)),
    revokeOthers: () => call('identity.revokeOtherSessions'),
  }
}
