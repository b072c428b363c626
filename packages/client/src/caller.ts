import type { ActionName, Call } from './actions.ts'
import type { Connection } from './connection.ts'
import { ParlorError } from './error.ts'
import { asParlorError, isTokenTrouble } from './failure.ts'
import { callHttp, type HttpRequest } from './http.ts'
import type { Tokens } from './tokens.ts'
import { doors } from './wire.generated.ts'

export type CallerDeps = {
  url: string
  connection: Pick<Connection, 'isUp' | 'request'>
  tokens: Pick<Tokens, 'session' | 'refresh'>
}

/** A call whose input and output nobody checks: what is built of it is typed by the contracts. */
export type Invoke = <Output>(name: ActionName, input?: object) => Promise<Output>

/** Brings a call to the server: through the socket where the action has an event and there is one, else over REST. */
export function createCaller({ url, connection, tokens }: CallerDeps): { call: Call; invoke: Invoke } {
  /** Again with fresh tokens, once, when those that it had do not hold any more (rule C4). */
  async function overRest<Output>(request: Omit<HttpRequest, 'token'>): Promise<Output> {
    const token = tokens.session.get()?.access_token ?? null
    try {
      return await callHttp<Output>(url, { ...request, token })
    } catch (thrown) {
      if (token === null || !isTokenTrouble(asParlorError(thrown)) || !(await tokens.refresh())) throw thrown
      return callHttp<Output>(url, { ...request, token: tokens.session.get()?.access_token ?? null })
    }
  }
  const invoke: Invoke = (name, input = {}) => {
    const [method, path, event] = doors[name]
    if (event !== '' && connection.isUp()) return connection.request(event, input)
    if (method !== '') return overRest({ method, path, input })
    return Promise.reject(new ParlorError('offline', 'There is no connection', { retry: 'resend' }))
  }
  return { call: (name, ...[input]) => invoke(name, input), invoke }
}
