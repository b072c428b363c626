import { type Action, implement } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import type { Failure } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import type { Live } from '../../room/live/live.ts'
import { systemProfile } from '../../room/people.ts'
import { messageErrors } from '../messages/contract.ts'
import type { ServerPolicy } from '../server/server.ts'
import { broadcastActions, broadcastEvent } from './contract.ts'

export type BroadcastsDeps = {
  live: Pick<Live, 'broadcast'>
  policy: Pick<ServerPolicy, 'now'>
  clock: Clock
  /** Whether callers on this machine may broadcast: in development. */
  trustsThisMachine: boolean
}

const isOnThisMachine = (address: string): boolean => /^(::1|(::ffff:)?127\.[\d.]+)$/.test(address)

export type Broadcasts = {
  /** Whether the caller may speak for the server (rule BC1). */
  mayBroadcast(caller: Caller): true | Failure
  actions: readonly Action[]
}

export function createBroadcasts({ live, policy, clock, trustsThisMachine }: BroadcastsDeps): Broadcasts {
  function mayBroadcast(caller: Caller): true | Failure {
    if (caller.kind === 'user' && caller.admin === true) return true
    if (trustsThisMachine && isOnThisMachine(caller.address)) return true
    return caller.kind === 'user' ? 'forbidden' : 'not_authenticated'
  }

  const actions = implement(broadcastActions, {
    'broadcasts.send': {
      allow(caller, { type }) {
        const verdict = mayBroadcast(caller)
        return verdict === true && type !== 'text' ? messageErrors.not_available : verdict
      },
      run({ type, content, format = null, sender }, caller, context) {
        const name = (caller.kind === 'anonymous' ? sender : null) ?? policy.now().name
        const broadcast = {
          ...{ id: newId(), type, content, format, url: null },
          sender: { ...systemProfile, name },
          created_at: new Date(clock.now()).toISOString(),
        }
        context.charge('fan_out_bytes', live.broadcast(broadcastEvent.name, broadcast))
        return broadcast
      },
    },
  })
  return { mayBroadcast, actions }
}
