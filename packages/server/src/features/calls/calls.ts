import { type Action, implement } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError, type Failure } from '../../core/error.ts'
import type { Identity } from '../identity/identity.ts'
import { isOpenTo, type Rooms } from '../rooms/rooms.ts'
import { callActions, callOption } from './contract.ts'
import {
  livekitToken,
  parlorToken,
  type Provider,
  providerFor,
  type ProviderSettings,
  type CallGrant,
  twilioToken,
} from './tokens.ts'
import { callErrors } from './errors.ts'
import { identityErrors } from '../identity/contract.ts'

/** Seconds that a token lasts (rule C1). */
const lasts = 3_600

export type CallsDeps = {
  clock: Clock
  identity: Pick<Identity, 'ownerOf'>
  rooms: Pick<Rooms, 'enterable' | 'find'>
  /** JWT_SECRET_KEY: who verifies access tokens verifies these too. */
  secret: string
  /** Whether guests may come. */
  allowsGuests: () => boolean
  providers: ProviderSettings
}

/**
 * A name as a room id. Ids are lower case; a caller who writes one in capitals must not get a separate call that avoids the
 * room's access checks (rule C3).
 */
const asRoomId = (name: string): string => name.normalize('NFKC').toLowerCase()

export function createCalls({ clock, identity, rooms, secret, allowsGuests, providers }: CallsDeps): {
  actions: readonly Action[]
} {
  /** Refuses a caller without a token who asks for an identity that belongs to a user; null: allowed (rule C2). */
  async function refusedAs(label: string): Promise<Failure | null> {
    if (!allowsGuests()) return identityErrors.guests_not_allowed
    const owner = await identity.ownerOf(label)
    if (owner === null) return null
    return owner === 'account_name' ? identityErrors.sender_taken : 'forbidden'
  }

  /** The room of the call: an existing room's id, or else the name as it was sent. */
  async function meant(name: string): Promise<{ room: string; isRoom: boolean }> {
    const found = await rooms.find(asRoomId(name))
    return { room: found?.id ?? name, isRoom: found !== null }
  }

  /** Rules C7, C8. */
  async function entering(caller: Caller, room_id: string): Promise<true | Failure> {
    const { room, member } = await rooms.enterable(caller, room_id)
    return isOpenTo(callOption, room.profile, member) || callErrors.call_disabled
  }

  const sign: Readonly<Record<Provider, (ticket: CallGrant) => Promise<string>>> = {
    parlor: (ticket) => parlorToken(ticket, secret),
    twilio: (ticket) => twilioToken(ticket, providers.twilio),
    livekit: (ticket) => livekitToken(ticket, providers.livekit),
  }

  return {
    actions: implement(callActions, {
      'calls.token': {
        async allow(caller, input) {
          const label = present('identity', input.identity)
          const { room, isRoom } = await meant(present('room', input.room))
          const refused = caller.kind === 'anonymous' ? await refusedAs(label) : null
          if (refused) return refused
          // A name that is no room's id names a call without a room (rule C3).
          return isRoom ? entering(caller, room) : true
        },
        async run(input, caller) {
          const { room } = await meant(present('room', input.room))
          const who = whoOf(caller, present('identity', input.identity))
          const provider = providerFor(input.provider ?? null, providers)
          const issued = Math.floor(clock.now() / 1000)
          const expires = issued + lasts
          const token = await sign[provider]({ ...who, room, issued, expires })
          return { token, identity: who.identity, room, provider, expires_at: new Date(expires * 1000).toISOString() }
        },
      },
    }),
  }
}

const whoOf = (caller: Caller, label: string): { identity: string; name: string } =>
  caller.kind === 'user' ? { identity: caller.user.id, name: caller.profile.name } : { identity: label, name: label }

function present(field: string, value: string | null | undefined): string {
  if (value) return value
  throw new AppError('missing_fields', { text: `Missing required field: ${field}`, details: { required: [field] } })
}
