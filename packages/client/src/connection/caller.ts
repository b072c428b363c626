import type { ActionName, Call } from '../actions.ts'
import type { Connection } from './connection.ts'
import { asParlorError, isTokenTrouble, unanswered } from './failure.ts'
import { callHttp } from './http.ts'
import type { Tokens } from './tokens.ts'
import { type Door, doors } from '../generated/actions.generated.ts'

export type CallerDeps = {
  url: string
  connection: Pick<Connection, 'isUp' | 'request'>
  tokens: Pick<Tokens, 'session' | 'refresh'>
}

/** A call without static types; the code built on it is typed by the contracts. */
export type Invoke = <Output>(name: ActionName, input?: object) => Promise<Output>

/** Calls `run` with the user's access token, and once more if that token was refused and there is a newer one (rule C4). */
export type WithToken = <Result>(run: (token: string | null) => Promise<Result>) => Promise<Result>

/** Sends a call: over the socket if the action has an event and the socket is connected, else over REST. */
export function createCaller({ url, connection, tokens }: CallerDeps): {
  call: Call
  invoke: Invoke
  withToken: WithToken
} {
  const withToken: WithToken = async (run) => {
    const caller = tokens.session.get()
    try {
      return await run(caller?.access_token ?? null)
    } catch (thrown) {
      if (!caller || !isTokenTrouble(asParlorError(thrown))) throw thrown
      // If a session began during the request, as by registering, newer tokens exist already.
      const isStale = tokens.session.get()?.access_token === caller.access_token
      if (isStale && !(await tokens.refresh())) throw thrown
      const now = tokens.session.get()
      // Another user has signed in meanwhile, maybe in another tab: never repeat the call as that user.
      if (now?.user_id !== caller.user_id) throw thrown
      return run(now.access_token)
    }
  }
  const invoke: Invoke = <Output>(name: ActionName, input: object = {}) => {
    const [method, path, event]: Door = doors[name]
    if (event !== undefined && connection.isUp()) return connection.request<Output>(event, input)
    if (method !== '') return withToken((token) => callHttp<Output>(url, { method, path, input, token }))
    return Promise.reject(unanswered())
  }
  return { call: (name, ...[input]) => invoke(name, input), invoke, withToken }
}
