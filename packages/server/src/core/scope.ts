/** What a key may do of what its user may (rule AK2 of identity). A scope includes no other: `write` does not read. */
export const scopes = [
  ...(['rooms:read', 'rooms:write', 'messages:read', 'messages:write', 'files:read', 'files:write'] as const),
  ...(['members:read', 'members:write', 'webhooks:read', 'webhooks:write', 'admin:read', 'admin:write'] as const),
  ...(['events:publish', 'broadcast'] as const),
]
export type Scope = (typeof scopes)[number]

const known: ReadonlySet<string> = new Set(scopes)
export const isScope = (text: string): text is Scope => known.has(text)

/**
 * What an action or a route needs of a caller with an API key. `any`: nothing, any key may call it; `none`: no key may, because
 * it is about the sign-in of the user themselves.
 */
export type KeyAccess = Scope | 'any' | 'none'

/** What both kinds of contract say of keys. */
export type ForKeys = {
  readonly scope: KeyAccess
  /** It concerns no room: a key that is limited to rooms may call it too. Otherwise such a key needs a `room_id` of its own. */
  readonly roomless?: true
  /** Only its handler finds which room it concerns, as with the id of a file: it asserts the room of the key itself. */
  readonly findsRoom?: true
}

/** What a key may do: its scopes, in its rooms (ids; null: wherever its user may). */
export type KeyGrant = {
  readonly id: string
  readonly scopes: ReadonlySet<Scope>
  readonly rooms: ReadonlySet<string> | null
}
