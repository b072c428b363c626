import { z } from 'zod'
import { defineActions, type EphemeralType } from '../../core/contract.ts'
import { opsRates } from './limits.ts'

const pong = z.object({ timestamp: z.iso.datetime() })

export const opsActions = defineActions({
  'ops.ping': {
    summary: 'Checks that the connection works; answered by `pong`.',
    input: z.object({}),
    output: pong,
    socket: [{ event: 'ping' }],
    caller: 'anyone',
    scope: 'any',
    limit: opsRates.ping,
    errors: [],
  },
})

export const opsEphemerals: readonly EphemeralType[] = [
  { name: 'pong', to: 'connection', summary: "The server's time, in answer to ping.", payload: pong },
]
