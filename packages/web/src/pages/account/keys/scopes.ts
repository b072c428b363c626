import type { ActionInput, ActionOutput } from '@parlor/client'

export type Key = ActionOutput<'identity.keys'>['items'][number]

export type Scope = ActionInput<'identity.createKey'>['scopes'][number]

/** What the form offers, in its order: scopes of which there are actions. */
export const offered = [
  'messages:read',
  'messages:write',
  'files:read',
  'files:write',
  'rooms:read',
  'rooms:write',
  'members:read',
  'members:write',
] as const satisfies readonly Scope[]

/** Only administrators may give these to a key. */
export const offeredToAdmins = ['broadcast', 'events:publish', 'admin:write'] as const satisfies readonly Scope[]

export type Offered = (typeof offered)[number] | (typeof offeredToAdmins)[number]

/** Whether the form has it; programs may make keys with others. */
export const isOffered = (scope: Scope): scope is Offered =>
  [...offered, ...offeredToAdmins].some((each) => each === scope)

/** Seconds for which a new key is valid; null: until it is revoked. */
export const lifetimes = { month: 30 * 86_400, quarter: 90 * 86_400, year: 365 * 86_400, never: null } as const
export type Lifetime = keyof typeof lifetimes
export const lifetimeNames: readonly Lifetime[] = ['month', 'quarter', 'year', 'never']
