import { type Action, implement } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import type { Failure } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import type { Live } from '../../room/live/live.ts'
import { systemProfile } from '../../room/people.ts'
import type { Identity } from '../identity/identity.ts'
import type { InlineFiles } from '../messages/messages.ts'
import type { ServerPolicy } from '../server/server.ts'
import { broadcastActions, broadcastEvent } from './contract.ts'

export type BroadcastsDeps = {
  live: Pick<Live, 'broadcast'>
  policy: Pick<ServerPolicy, 'now'>
  identity: Pick<Identity, 'stored'>
  inline: InlineFiles
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

export function createBroadcasts(deps: BroadcastsDeps): Broadcasts {
  const { live, policy, identity, inline, clock, trustsThisMachine } = deps

  function mayBroadcast(caller: Caller): true | Failure {
    if (caller.kind === 'user' && caller.admin === true) return true
    if (trustsThisMachine && isOnThisMachine(caller.address)) return true
    return caller.kind === 'user' ? 'forbidden' : 'not_authenticated'
  }

  const actions = implement(broadcastActions, {
    'broadcasts.send': {
      allow(caller, { bytes }) {
        const verdict = mayBroadcast(caller)
        if (verdict !== true || bytes === null) return verdict
        inline.assertSize(bytes)
        // A file belongs to somebody.
        return caller.kind === 'user' ? true : 'not_authenticated'
      },
      async run({ type, content, bytes, format = null, sender }, caller, context) {
        const file =
          bytes === null
            ? null
            : await inline.keep(await identity.stored(caller, context), null, { type, bytes, format })
        const name = (caller.kind === 'anonymous' ? sender : null) ?? policy.now().name
        const broadcast = {
          ...{ id: newId(), type, content, format: file?.format ?? format, url: file?.url ?? null },
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
