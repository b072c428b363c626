import type { Bounds } from '../../core/contract.ts'

/** Bounds that clients know too: the SDK's `limits` is generated from them. */
export const identityBounds = {
  person_name: { value: 64, text: "UTF-16 units in a person's name." },
  email: { value: 254, text: 'Characters of an e-mail address.' },
  password_min: { value: 8, text: "Characters that an account's password has at least." },
  password: { value: 256, text: "Characters of an account's password." },
  keys: { value: 50, text: 'API keys of one user.' },
  key_name: { value: 64, text: "UTF-16 units in an API key's name." },
  key_rooms: { value: 50, text: 'Rooms that an API key may be limited to.' },
} as const satisfies Bounds
