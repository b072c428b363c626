import type { Clock } from '../../core/clock.ts'
import type { EncodeContext, EncodeNeeds, Load, RoomFacts, Slot, StoredEvent } from '../../core/contract.ts'
import type { Sign } from '../../core/sign.ts'
import type { People } from '../types.ts'

/** A fault in an encoder's code, not in a row. */
export class UndeclaredNeed extends Error {}

/** Reads data outside the log for all these events at once; answers JSON texts for the events that have any. */
export type Loader = (room: RoomFacts, events: readonly StoredEvent[]) => Promise<ReadonlyMap<StoredEvent, string>>

/** What encoders' contexts are made of. */
export type Sources = {
  people: People
  clock: Pick<Clock, 'now'>
  sign: Sign
  loaders?: Readonly<Record<string, Loader>>
}

/** Everything that a text depends on besides the stored row; the same inputs make the same text (rule EN2). */
export type Inputs = {
  readonly actor: string
  readonly people: readonly string[]
  readonly loaded: readonly (string | null)[]
  /** The beginning of the time slot; 0 if the text does not depend on the time. */
  readonly slot: number
}

export const sameInputs = (one: Inputs, other: Inputs): boolean =>
  one.actor === other.actor &&
  one.slot === other.slot &&
  sameTexts(one.people, other.people) &&
  sameTexts(one.loaded, other.loaded)

const sameTexts = (one: readonly (string | null)[], other: readonly (string | null)[]): boolean =>
  one === other || (one.length === other.length && one.every((text, index) => text === other[index]))

/** The beginning of the slot that contains `now`; slots of one length begin at the same times on every node. */
export const slotStart = (slot_ms: number | undefined, now: number): number =>
  slot_ms === undefined ? 0 : now - (now % slot_ms)

/**
 * The context of an encoder: `inputs`, by the names under which its type declared them. Functions are created when they are
 * first used, so that an encoder may destructure the context and pays nothing for what it does not use.
 */
export class Context<Stored> implements EncodeContext {
  readonly room: RoomFacts
  readonly actor: string
  readonly live: string | null
  readonly #stored: Stored
  readonly #needs: EncodeNeeds<Stored> & { name: string; loads?: readonly Load[] }
  readonly #inputs: Inputs
  readonly #sign: Sources['sign']

  constructor(
    room: RoomFacts,
    stored: Stored,
    needs: EncodeNeeds<Stored> & { name: string; loads?: readonly Load[] },
    inputs: Inputs,
    sign: Sources['sign'],
    live: string | null = null,
  ) {
    this.room = room
    this.actor = inputs.actor
    this.live = live
    this.#stored = stored
    this.#needs = needs
    this.#inputs = inputs
    this.#sign = sign
  }

  get person(): EncodeContext['person'] {
    return (user) => {
      const at = this.#needs.people?.(this.#stored).indexOf(user) ?? -1
      return this.#inputs.people[at] ?? this.#undeclared(`the profile of ${user}`, 'people')
    }
  }

  get loaded(): EncodeContext['loaded'] {
    return (name) => {
      const at = this.#needs.loads?.findIndex((load) => load.name === name) ?? -1
      if (at === -1) return this.#undeclared(`what ${name} loads`, 'loads')
      return this.#inputs.loaded[at] ?? null
    }
  }

  get slot(): Slot {
    const { slot_ms } = this.#needs
    if (slot_ms === undefined) return this.#undeclared('the time', 'slot_ms')
    return { from: this.#inputs.slot, until: this.#inputs.slot + slot_ms }
  }

  get sign(): EncodeContext['sign'] {
    return this.#sign
  }

  #undeclared(what: string, where: string): never {
    throw new UndeclaredNeed(`The encoder of ${this.#needs.name} asks for ${what}, which its ${where} does not declare`)
  }
}
