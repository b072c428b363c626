import { z } from 'zod'
import { type SlotType, tooLarge } from '../../core/contract.ts'
import type { LimitRate } from '../../core/rate.ts'
import { appSlot } from '../../room/live/presence/slots.ts'
import { roomBounds } from './bounds.ts'
import { roomId } from './contract/shapes.ts'

export const appStateSlot = {
  name: appSlot,
  summary: 'What an app shows of a connection: a status, a cursor. It is `state` in events and lists.',
  value: z.looseObject({}),
  size: 4096,
  perSecond: 60,
  audience: 'room',
} as const satisfies SlotType

export const typingSlot = {
  name: 'typing',
  summary: 'The user is typing.',
  value: z.literal(true),
  size: 4,
  perSecond: 20,
  audience: 'room',
  lapses_ms: roomBounds.typing_ms.value,
  says: { event: 'typing', payload: ({ isSet, ...who }) => ({ ...who, typing: isSet }) },
} as const satisfies SlotType

export const roomSlots: readonly SlotType[] = [appStateSlot, typingSlot]

type Slots = readonly SlotType[]

/** A value's schema in what clients get: those of its slot, which may be absent. */
const valuesOf = (slots: Slots, shape: (value: z.ZodType) => z.ZodType) =>
  z.object(Object.fromEntries(slots.map(({ name, value }) => [name, shape(value).optional()])))

/** The connections of a user in a room, with the values of their slots. */
export const peersOf = (slots: Slots) =>
  z.array(
    z.object({
      peer_id: z.string(),
      state: appStateSlot.value.nullable(),
      slots: valuesOf(slots, (value) => value).meta({
        title: 'PresenceSlots',
        description: 'Values of presence slots by name; `state` is the slot `app`.',
      }),
    }),
  )

/** `presence_changed`; slots with an event of their own are not told by it. */
export const presenceChanged = (slots: Slots) =>
  z.object({
    room_id: z.string(),
    peer_id: z.string(),
    user_id: z.string(),
    state: appStateSlot.value.nullable().optional().describe('The slot `app`, when it changed.'),
    slots: valuesOf(
      slots.filter(({ says }) => !says),
      (value) => value.nullable(),
    ).describe('The values that changed by slot; null: cleared.'),
  })

/** The input of `presence`; parses to the value's JSON text (null: cleared). */
export const presenceInput = (slots: Slots) =>
  z
    .object({
      room_id: roomId,
      slot: z.enum(slots.map(({ name }) => name)).default(appSlot),
      state: z.unknown().describe('A value of the slot; null clears it.'),
    })
    .transform(({ room_id, slot: name, state }, check) => {
      const slot = slots.find((each) => each.name === name)
      if (!slot || state === null) return { room_id, slot: name, text: null }
      const { data, error } = slot.value.safeParse(state)
      for (const { message, path } of error?.issues ?? []) {
        check.addIssue({ code: 'custom', message, path: ['state', ...path] })
      }
      const text = JSON.stringify(data) ?? 'null'
      if (text.length > slot.size) check.addIssue(tooLarge(slot.size, 'characters of JSON'))
      return { room_id, slot: name, text }
    })

/** How often a connection may set a slot (rule J9). */
export const slotRate = ({ perSecond }: SlotType): LimitRate => ({ burst: perSecond, perSecond, by: 'target' })
