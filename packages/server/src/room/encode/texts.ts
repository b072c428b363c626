import type { AnyEventType, ItemView, Load, RoomFacts, StoredEvent } from '../../core/contract.ts'
import type { HistoryItem } from '../types.ts'
import { wellFormedJson } from '../../core/text/well-formed.ts'
import { Context, type Inputs, type Loader, sameInputs, slotStart, type Sources } from './context.ts'
import { Memo } from './memo.ts'

/** Bytes of cached texts, in each of two generations. */
const keptBytes = 8 * 1024 * 1024
/** Approximate overhead of a cached text in bytes. */
const entryBytes = 200

/**
 * How events and records that were read are shown: as they happened, to someone who missed them; as they are by now, in a
 * snapshot, which many readers share; or in a page that one reader asked for.
 */
export type ReadKind = 'changes' | 'snapshot' | 'page'

/** Texts of rows that only one reader gets are not cached: keeping them costs more than making them (rule EN2). */
export const isShared = (as: ReadKind): boolean => as === 'snapshot'

/** Data that had to be read before texts could be made. */
export type EncoderData = {
  readonly people: ReadonlyMap<number, string>
  readonly loaded: ReadonlyMap<string, ReadonlyMap<StoredEvent, string>>
}

type Made = { readonly inputs: Inputs; readonly json: string }

/** A type with what is looked up in it for every event. */
export type KnownEvent = {
  readonly type: AnyEventType
  readonly loads: Readonly<Record<'log' | 'page', readonly Load[]>>
  /** Whether it needs only the profile of its actor, as nearly all types do. */
  readonly isPlain: boolean
  /** Its text needs nothing that may have to be read, but the profile of its actor. */
  readonly isAlone: boolean
}

type Missing = { readonly users: Set<number>; readonly names: Map<string, StoredEvent[]> }
const nothing = (): Missing => ({ users: new Set(), names: new Map() })

const none: readonly never[] = []

/** The texts of events: each is made once and cached until something that it depends on changes (rule EN2). */
export function createEventTexts(types: readonly AnyEventType[], sources: Sources) {
  const { people, clock, sign, loaders = {} } = sources
  const known = new Map(types.map((type) => [type.name, knownOf(type, loaders)]))
  const made = new Memo<StoredEvent, Made>(keptBytes)
  const items = new Memo<StoredEvent, Made>(keptBytes)

  /** Allocates nothing in the usual case, in which everything is cached: this runs for every message. */
  function missing(events: readonly StoredEvent[], as: 'log' | 'page'): Missing | undefined {
    let found: Missing | undefined
    for (const event of events) {
      const of = known.get(event.type)
      if (!of || event.body === '') continue
      if (people.cached(event.actor) === undefined) (found ??= nothing()).users.add(event.actor)
      if (of.isAlone) continue
      for (const user of peopleIn(of.type, event)) {
        if (people.cached(user) === undefined) (found ??= nothing()).users.add(user)
      }
      for (const { name } of of.loads[as]) {
        const { names } = (found ??= nothing())
        const events = names.get(name)
        if (events) events.push(event)
        else names.set(name, [event])
      }
    }
    return found
  }

  const profile = (user: number, found?: EncoderData): string =>
    found?.people.get(user) ?? people.cached(user) ?? unknownProfile

  function inputsOf({ type, isPlain, isAlone }: KnownEvent, event: StoredEvent, found?: EncoderData): Inputs {
    const actor = profile(event.actor, found)
    if (isPlain) return { actor, people: none, loaded: none, slot: 0 }
    if (isAlone) return { actor, people: none, loaded: none, slot: slotStart(type.slot_ms, clock.now()) }
    return {
      actor,
      people: peopleIn(type, event).map((user) => profile(user, found)),
      loaded: type.loads ? type.loads.map(({ name }) => found?.loaded.get(name)?.get(event) ?? null) : none,
      slot: type.slot_ms === undefined ? 0 : slotStart(type.slot_ms, clock.now()),
    }
  }

  return {
    known: (event: StoredEvent): KnownEvent | undefined => known.get(event.type),

    /** Whether a live event can be encoded without reading anything first; this runs for every message. */
    isAtHand({ type, actor, body }: StoredEvent): boolean {
      const of = known.get(type)
      return !of || body === '' || (of.isAlone && people.cached(actor) !== undefined)
    },

    /** Reads what is not cached; undefined if everything is. */
    load(room: RoomFacts, events: readonly StoredEvent[], as: ReadKind): Promise<EncoderData> | undefined {
      const wanted = missing(events, as === 'changes' ? 'log' : 'page')
      return wanted && read(room, wanted)
    },

    text(
      of: KnownEvent,
      room: RoomFacts,
      event: StoredEvent,
      found?: EncoderData,
      keeps = true,
      live?: string,
    ): string {
      // With a text for the live form alone it is another text than all later ones.
      const kept = keeps && live === undefined ? made : null
      return make(kept, of, room, event, of.type.encode, found, live)
    },

    /** The text of an item that an earlier event began, as `item` shows it at its position (rule HI1). */
    itemText(
      of: KnownEvent,
      item: ItemView,
      room: RoomFacts,
      { event, position }: HistoryItem,
      found?: EncoderData,
      keeps = true,
    ): string {
      const encode: AnyEventType['encode'] = (stored, context) => item.encode(stored, context, position)
      return make(keeps ? items : null, of, room, event, encode, found)
    },
  }

  function make(
    kept: Memo<StoredEvent, Made> | null,
    of: KnownEvent,
    room: RoomFacts,
    event: StoredEvent,
    encode: AnyEventType['encode'],
    found?: EncoderData,
    live: string | null = null,
  ): string {
    const inputs = inputsOf(of, event, found)
    const before = kept?.get(event)
    if (before && sameInputs(before.inputs, inputs)) return before.json
    const json = wellFormedJson(encode(event, new Context(room, event, of.type, inputs, sign, live)))
    kept?.set(event, { inputs, json }, json.length + entryBytes)
    return json
  }

  async function read(room: RoomFacts, { users, names }: Missing): Promise<EncoderData> {
    const loading = [...names].map(async ([name, events]) => {
      const texts = await loaders[name]?.(room, events)
      return [name, texts ?? new Map<StoredEvent, string>()] as const
    })
    const [profiles, loaded] = await Promise.all([
      users.size === 0 ? new Map<number, string>() : people.load([...users]),
      Promise.all(loading),
    ])
    return { people: profiles, loaded: new Map(loaded) }
  }
}

function knownOf(type: AnyEventType, loaders: Readonly<Record<string, Loader>>): KnownEvent {
  const { people, loads, slot_ms } = type
  const isAlone = people === undefined && loads === undefined
  const isPlain = isAlone && slot_ms === undefined
  return { type, loads: loadsOf(type, loaders), isPlain, isAlone }
}

/** The type's `people`; none if the body cannot be read, which is reported when its text is made. */
function peopleIn({ people }: AnyEventType, event: StoredEvent): readonly number[] {
  if (!people) return none
  try {
    return people(event)
  } catch {
    return none
  }
}

/** Throws if a loader is missing: otherwise its data would be missing from events without an error. */
function loadsOf({ name, loads = [] }: AnyEventType, loaders: Readonly<Record<string, Loader>>): KnownEvent['loads'] {
  for (const load of loads) {
    if (!Object.hasOwn(loaders, load.name)) throw new Error(`${name} needs the loader ${load.name}, which is not there`)
  }
  return { page: loads, log: loads.filter(({ when }) => when === 'always') }
}

/** Replaces a profile that loading did not find. */
export const unknownProfile = '{"id":"","name":"Parlor","avatar_url":null,"guest":false}'
