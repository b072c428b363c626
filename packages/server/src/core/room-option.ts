import type { z } from 'zod'

/** Who may use something in a room. */
export const forWhom = ['off', 'host', 'everyone'] as const
export type ForWhom = (typeof forWhom)[number]

/**
 * What a feature adds to every room: a capability that is on or off, and a setting of the same name that says who may use it. Rooms
 * that are older than the option have it as a new room of their kind would.
 */
export type RoomOption = {
  /** As the wire and stored rooms name it; never changed. */
  name: string
  /** Kinds of room in which it is on unless the room's maker says otherwise. */
  onIn: readonly string[]
  /** Who may use it unless the room says otherwise. */
  forWhom: ForWhom
  /** Whether `host` includes those who stand in for an absent owner (`controls`) or not (`speak`). */
  hosts: 'controls' | 'speak'
  /** Settings of its own, by name. */
  settings?: Readonly<Record<string, RoomSetting>>
}

/**
 * `otherwise` is what a room has that says nothing of it, `closed` what stands for a stored value that cannot be read.
 * `upcast` makes a value that does not fit the schema fit, if an earlier release stored it; it goes by the value, because a
 * setting has no version of its own. It may throw: then the value cannot be read.
 */
export type RoomSetting = {
  schema: z.ZodType
  otherwise: unknown
  closed: unknown
  upcast?: (stored: unknown) => unknown
}
