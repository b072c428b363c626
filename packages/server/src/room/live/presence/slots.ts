import type { Profile } from '../../../core/caller.ts'
import type { Timers } from '../../../core/clock.ts'
import type { Audience, SlotType } from '../../../core/contract.ts'
import { AppError } from '../../../core/error.ts'
import { audienceOf } from '../../audience.ts'
import type { Said } from '../channel/ephemeral.ts'

/** The slot that `state` names in events and lists, and that a client sets who names none. */
export const appSlot = 'app'

/** Ms between two times that the values of a room leave (rule SL3). */
export const slotWindow = 30

/** A value as JSON text. */
type SlotValue = { readonly text: string; readonly bytes: number; cancelLapse: (() => void) | null }

/** A connection in a room, with its values by slot. `user` is shared by the user's connections in the room. */
export type SlotHolder = {
  readonly peer_id: string
  readonly user: { profile: Profile; slotBytes: number }
  /** It does not get its own values back. */
  readonly subscription: object
  /** How the payloads of `presence_changed` of this connection begin. */
  readonly head: string
  readonly values: Map<string, SlotValue>
}

/** Bytes of values that one user may have in a room, that a room may have, and that all rooms of the process may have (rule SL5). */
export type SlotLimits = { userBytes: number; roomBytes: number; bytes: number }

export type SlotDeps = {
  slots: ReadonlyMap<string, SlotType>
  timers: Timers
  limits: SlotLimits
  /** Bytes of the values of all rooms. */
  meter: { bytes: number }
}

/** The slots of one room on this node: their values, and when changes leave. */
export class RoomSlots {
  readonly #room_id: string
  readonly #deps: SlotDeps
  readonly #say: (said: Said) => void
  #bytes = 0
  /** What changed since values left, the latest by connection and slot. */
  readonly #changed = new Map<string, { holder: SlotHolder; slot: SlotType; text: string }>()
  #cancelWindow: (() => void) | null = null

  constructor(room_id: string, deps: SlotDeps, say: (said: Said) => void) {
    this.#room_id = room_id
    this.#deps = deps
    this.#say = say
  }

  /**
   * Sets a value, or clears it (`text` null). The same value again only prolongs it. Throws `room_busy` if there is no space
   * for a larger one.
   */
  set(holder: SlotHolder, name: string, text: string | null): void {
    const slot = this.#deps.slots.get(name)
    if (!slot) throw new Error(`No feature declares the presence slot ${name}`)
    const known = holder.values.get(name)
    if (!known && text === null) return
    const isNew = known?.text !== text
    const bytes = text === null ? 0 : Buffer.byteLength(text)
    if (isNew) this.#hold(holder, bytes - (known?.bytes ?? 0))
    known?.cancelLapse?.()
    if (text === null) holder.values.delete(name)
    else holder.values.set(name, { text, bytes, cancelLapse: this.#lapse(holder, slot) })
    if (!isNew) return
    this.#changed.set(`${holder.peer_id} ${name}`, { holder, slot, text: text ?? 'null' })
    if (!this.#cancelWindow) this.#send()
  }

  clear(holder: SlotHolder): void {
    for (const name of holder.values.keys()) this.set(holder, name, null)
  }

  /** The room is not kept here any more: nothing is sent. */
  close(holders: Iterable<SlotHolder>): void {
    this.#cancelWindow?.()
    this.#changed.clear()
    for (const { values } of holders) for (const { cancelLapse } of values.values()) cancelLapse?.()
    this.#deps.meter.bytes -= this.#bytes
    this.#bytes = 0
  }

  /** `"state":…,"slots":{…}` of a connection, as far as the reader sees it. */
  shown({ user, values }: SlotHolder, sees: (audience: Audience) => boolean): string {
    const seen = [...values].filter(([name]) => {
      const slot = this.#deps.slots.get(name)
      return slot !== undefined && sees(audienceOf(slot.audience, { user_id: user.profile.id }))
    })
    const all = seen.map(([name, { text }]) => `${JSON.stringify(name)}:${text}`)
    const [, app] = seen.find(([name]) => name === appSlot) ?? []
    return `"state":${app?.text ?? 'null'},"slots":{${all.join(',')}}`
  }

  #hold({ user }: SlotHolder, more: number): void {
    const { limits, meter } = this.#deps
    const isFull =
      user.slotBytes + more > limits.userBytes ||
      this.#bytes + more > limits.roomBytes ||
      meter.bytes + more > limits.bytes
    if (more > 0 && isFull) throw new AppError('room_busy')
    user.slotBytes += more
    this.#bytes += more
    meter.bytes += more
  }

  #lapse(holder: SlotHolder, { name, lapses_ms }: SlotType): (() => void) | null {
    if (lapses_ms === undefined) return null
    return this.#deps.timers.after(lapses_ms, () => this.set(holder, name, null))
  }

  /** Everything that changed, and then nothing for as long as the window (rule SL3). */
  #send(): void {
    for (const [key, { holder, slot, text }] of this.#changed) {
      const { user, subscription, head } = holder
      const { id: user_id } = user.profile
      const to = { key: `slot ${key}`, except: subscription, audience: audienceOf(slot.audience, { user_id }) }
      if (slot.says) {
        const payload = slot.says.payload({ room_id: this.#room_id, user: user.profile, isSet: text !== 'null' })
        this.#say({ ...to, event: slot.says.event, json: JSON.stringify(payload) })
      } else {
        const state = slot.name === appSlot ? `,"state":${text}` : ''
        const json = `${head}${state},"slots":{${JSON.stringify(slot.name)}:${text}}}`
        this.#say({ ...to, event: 'presence_changed', json })
      }
    }
    this.#changed.clear()
    this.#cancelWindow = this.#deps.timers.after(slotWindow, () => {
      this.#cancelWindow = null
      if (this.#changed.size > 0) this.#send()
    })
  }
}
