import type { ForWhom, RoomOption, RoomSetting } from '../../core/room-option.ts'
import { forWhom } from '../../core/room-option.ts'
import type { StoredObject } from '../../core/stored.ts'
import { type DoorSettings, doorSettings } from './shapes.ts'

export type Capabilities = Readonly<Record<string, boolean>>
/** Of each capability for whom it is (`ForWhom`), features' own settings, and those of the door. */
export type Settings = DoorSettings & Readonly<Record<string, unknown>>

/** A room's capabilities and settings as they are kept: what is not known here too; null: not to be read. */
export type StoredOptions = { capabilities: StoredObject | null; settings: StoredObject | null }
/** As they hold. `isClosed`: what says who may come in cannot be read, so nobody new does (rule RM13). */
export type OptionsOf = { capabilities: Capabilities; settings: Settings; isClosed: boolean }

/** What features add to rooms, put together. */
export type RoomOptions = {
  /** What a room of this kind has unless it is said. */
  defaults(kind: string): { capabilities: Capabilities; settings: Settings }
  /** What of a room that is kept holds; `tell` is told of each setting that cannot be read. */
  read(kind: string, stored: StoredOptions, tell: (name: string) => void): OptionsOf
  /** The same as the log said it: what a release before did not know is as it is by default. */
  fill(kind: string, said: StoredOptions): { capabilities: Capabilities; settings: Settings }
}

/** Throws where two features mean different things by one name, or an own default does not fit. */
export function createRoomOptions(options: readonly RoomOption[]): RoomOptions {
  assertFit(options)
  const own = Object.entries(ownSettings(options))

  function defaults(kind: string) {
    const capabilities = Object.fromEntries(options.map(({ name, onIn }) => [name, onIn.includes(kind)]))
    const each = options.map(({ name, forWhom }) => [name, forWhom])
    const others = own.map(([name, { otherwise }]) => [name, otherwise])
    const settings = { ...Object.fromEntries([...each, ...others]), locked: false, waiting: false }
    return { capabilities, settings }
  }

  function closed(): OptionsOf {
    const capabilities = Object.fromEntries(options.map(({ name }) => [name, false]))
    const each = options.map(({ name }) => [name, 'off'])
    const others = own.map(([name, setting]) => [name, setting.closed])
    const settings = { ...Object.fromEntries([...each, ...others]), locked: true, waiting: true }
    return { capabilities, settings, isClosed: true }
  }

  function read(kind: string, { capabilities: on, settings: set }: StoredOptions, tell: (name: string) => void) {
    if (on === null || set === null) {
      tell(on === null ? 'capabilities' : 'settings')
      return closed()
    }
    /** The stored value, the default where there is none, and what is closed where it is none of these. */
    const valueOf = <T>(
      from: StoredObject,
      name: string,
      otherwise: T,
      closed: T,
      fits: (value: unknown) => boolean,
    ) => {
      const value = Object.hasOwn(from, name) ? from[name] : undefined
      if (value === undefined) return otherwise
      if (fits(value)) return value
      tell(name)
      return closed
    }
    const standard = defaults(kind)
    const capabilities = options.map(({ name }) => {
      return [name, valueOf(on, name, standard.capabilities[name], false, isBoolean) === true] as const
    })
    const each = options.map(({ name, forWhom }) => [name, valueOf(set, name, forWhom, 'off', isForWhom)] as const)
    const others = own.map(([name, { schema, otherwise, closed }]) => {
      return [name, valueOf(set, name, otherwise, closed, (value) => schema.safeParse(value).success)] as const
    })
    const door = readDoor(set, tell)
    return {
      capabilities: Object.fromEntries(capabilities),
      settings: { ...Object.fromEntries([...each, ...others]), ...door.settings },
      isClosed: door.isClosed,
    }
  }

  return {
    defaults,
    read,
    fill(kind, said) {
      const { capabilities, settings } = read(kind, said, () => undefined)
      return { capabilities, settings }
    },
  }
}

/** Who may come in: what cannot be read lets nobody in. */
function readDoor(set: StoredObject, tell: (name: string) => void): { settings: DoorSettings; isClosed: boolean } {
  const door: StoredObject = {
    locked: set['locked'] ?? false,
    waiting: set['waiting'] ?? false,
    capacity: set['capacity'],
  }
  const parsed = doorSettings.safeParse(door)
  if (parsed.success) {
    const { capacity, locked, waiting } = parsed.data
    return { settings: capacity === undefined ? { locked, waiting } : { capacity, locked, waiting }, isClosed: false }
  }
  for (const { path } of parsed.error.issues) tell(String(path[0] ?? 'settings'))
  return { settings: { locked: true, waiting: true }, isClosed: true }
}

/** Settings that features have beside those of their capabilities, by name. */
export const ownSettings = (options: readonly RoomOption[]): Readonly<Record<string, RoomSetting>> =>
  Object.assign({}, ...options.map(({ settings }) => settings ?? {}))

function assertFit(options: readonly RoomOption[]): void {
  const settings = options.flatMap(({ name, settings = {} }) => [name, ...Object.keys(settings)])
  const seen = new Set(Object.keys(doorSettings.shape))
  for (const name of settings) {
    if (seen.has(name)) throw new Error(`Two features have a setting of rooms named ${name}: give one another name`)
    seen.add(name)
  }
  for (const [name, { schema, otherwise, closed }] of Object.entries(ownSettings(options))) {
    for (const value of [otherwise, closed]) {
      if (!schema.safeParse(value).success)
        throw new Error(`What stands for the setting ${name} does not fit its schema`)
    }
  }
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isForWhom = (value: unknown): boolean => forWhom.some((each: ForWhom) => each === value)
