import { z } from 'zod'
import { type ActionContract, defineActions, plainText } from '../../../core/contract.ts'
import { scopes } from '../../../core/scope.ts'
import { nameText } from '../../../core/text/name.ts'
import { identityBounds } from '../bounds.ts'
import { identityErrors } from '../errors.ts'

const scope = z.enum(scopes).meta({ title: 'KeyScope', description: 'What an API key may do.' })
/** Seconds: a minute, so that nobody makes a key that is dead when it is used, and ten years. */
const lifetime = z.int().min(60).max(315_360_000)

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('How the key begins.'),
    scopes: z.array(scope).readonly(),
    room_ids: z
      .array(z.string())
      .readonly()
      .nullable()
      .describe('The rooms in which it may act; null: wherever its user may.'),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
  })
  .meta({ title: 'ApiKey', description: 'An API key, without its secret.' })

export const keyActions = defineActions({
  'identity.createKey': {
    summary: 'Makes an API key, which acts as its user within its scopes and rooms.',
    input: z.object({
      name: nameText(identityBounds.key_name.value),
      scopes: z.array(scope).min(1).max(scopes.length).readonly(),
      room_ids: z.array(plainText(128)).min(1).max(identityBounds.key_rooms.value).readonly().nullish(),
      expires_in: lifetime.nullish().describe('Seconds; absent: it does not expire.'),
    }),
    output: apiKey
      .extend({ key: z.string().describe('The key itself, which is told this once.') })
      .meta({ title: 'NewApiKey' }),
    http: [{ method: 'POST', path: '/api/keys', status: 201 }],
    caller: 'user',
    scope: 'none',
    limit: 'write',
    creates: 'secret',
    errors: ['forbidden', identityErrors.too_many_keys],
  },
  'identity.keys': {
    summary: "The caller's API keys, newest first.",
    input: z.object({}),
    output: z.object({ items: z.array(apiKey), next_cursor: z.null() }),
    http: [{ method: 'GET', path: '/api/keys' }],
    caller: 'user',
    scope: 'none',
    limit: 'read',
    errors: [],
  },
  'identity.revokeKey': {
    summary: 'Revokes an API key of the caller, and ends its connections.',
    input: z.object({ id: plainText(64) }),
    output: z.object({ ok: z.literal(true) }),
    http: [{ method: 'DELETE', path: '/api/keys/:id' }],
    caller: 'user',
    scope: 'none',
    limit: 'write',
    errors: ['not_found'],
  },
} satisfies Record<string, ActionContract>)
