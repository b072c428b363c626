import { z } from 'zod'
import { defineActions } from '../../core/contract.ts'

/** Who may have an account. `invite`: whoever has the invite link of a room. */
export const registrations = ['open', 'invite', 'closed'] as const
export type Registration = (typeof registrations)[number]

export const serverActions = defineActions({
  'server.show': {
    summary: 'What this server is called, what it speaks, and who may come.',
    input: z.object({}),
    output: z
      .object({
        name: z.string(),
        version: z.string(),
        protocol: z.int(),
        setup_needed: z.boolean().describe('There is no administrator yet.'),
        registration: z.enum(registrations),
        guests: z.boolean().describe('Whether guests may sign in.'),
        lobby: z.boolean().describe('Whether there is a lobby.'),
        sign_in: z.array(z.enum(['password', 'guest'])).readonly(),
        push_key: z.string().nullable().describe('The key for push messages; null: they are not available yet.'),
        limits: z.record(z.string(), z.int()).readonly().describe('Bounds on what clients send, by name.'),
      })
      .meta({ title: 'Server' }),
    http: [{ method: 'GET', path: '/api/server' }],
    caller: 'anyone',
    scope: 'any',
    limit: 'read',
    errors: [],
  },
})
