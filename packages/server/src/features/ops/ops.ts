import { type Action, implement } from '../../core/action.ts'
import type { Clock } from '../../core/clock.ts'
import type { Live } from '../../room/live/live.ts'
import { opsActions } from './contract.ts'

export type OpsDeps = { live: Pick<Live, 'emit'>; clock: Clock }

export function createOps({ live, clock }: OpsDeps): { actions: readonly Action[] } {
  return {
    actions: implement(opsActions, {
      'ops.ping': {
        allow: () => true,
        run(_input, _caller, { connection_id }) {
          const pong = { timestamp: new Date(clock.now()).toISOString() }
          if (connection_id !== null) live.emit(connection_id, 'pong', JSON.stringify(pong))
          return pong
        },
      },
    }),
  }
}
