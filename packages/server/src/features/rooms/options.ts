import type { ForWhom, RoomOption, RoomSetting } from '../../core/room-option.ts'
import { forWhom } from '../../core/room-option.ts'
import type { StoredObject } from '../../core/stored.ts'
import { type DoorSettings, doorSettings } from './contract/shapes.ts'

export type Capabilities = Readonly<Record<string, boolean>>
/** For each capability for whom it is on (`ForWhom`), the features' own settings, and those that say who may join. */
export type Settings = DoorSettings & Readonly<Record<string, unknown>>

/** A room's capabilities and settings as stored, including unknown ones; null: they cannot be read. */
export type StoredOptions = { capabilities: StoredObject | null; settings: StoredObject | null }
/** The effective values. `isClosed`: the settings of who may join cannot be read, so no new user may (rule RM13). */
export type OptionsOf = { capabilities: Capabilities; settings: Settings; isClosed: boolean }

/** The capabilities and settings of all features together. */
export type RoomOptions = {
  /** The defaults of a new room of this kind. */
  defaults(kind: string): { capabilities: Capabilities; settings: Settings }
  /** The effective values of a stored room; `tell` is called for each value that cannot be read. */
  read(kind: string, stored: StoredOptions, tell: (name: string) => void): OptionsOf
  /** The values of an event in the log; those unknown to the release that wrote it get their defaults. */
  fill(kind: string, said: StoredOptions): { capabilities: Capabilities; settings: Settings }
}

/** Throws where two features use one name differently, or a setting's default does not fit its schema. */
export function createRoomOptions(options: readonly RoomOption[]): RoomOptions {
  assertFit(options)
  const own = Object.entries(extraSettings(options))

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
    /** The stored value; the default where there is none; the closed value where it cannot be read. */
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
    const others = own.map(([name, setting]) => {
      const { schema, otherwise, closed } = setting
      const now = { [name]: Object.hasOwn(set, name) ? upgraded(setting, set[name]) : undefined }
      return [name, valueOf(now, name, otherwise, closed, (value) => schema.safeParse(value).success)] as const
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

/** The value as this release has it; unchanged, and so unreadable, if it cannot be upgraded. The row keeps what is stored. */
function upgraded({ schema, upcast }: RoomSetting, value: unknown): unknown {
  if (value === undefined || !upcast || schema.safeParse(value).success) return value
  try {
    return upcast(value) ?? value
  } catch {
    return value
  }
}

/** The settings of who may join; if one cannot be read, no new user may. */
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
export const extraSettings = (options: readonly RoomOption[]): Readonly<Record<string, RoomSetting>> =>
  Object.assign({}, ...options.map(({ settings }) => settings ?? {}))

function assertFit(options: readonly RoomOption[]): void {
  const settings = options.flatMap(({ name, settings = {} }) => [name, ...Object.keys(settings)])
  const seen = new Set(Object.keys(doorSettings.shape))
  for (const name of settings) {
    if (seen.has(name)) throw new Error(`Two features have a setting of rooms named ${name}: give one another name`)
    seen.add(name)
  }
  for (const [name, { schema, otherwise, closed }] of Object.entries(extraSettings(options))) {
    for (const value of [otherwise, closed]) {
      if (!schema.safeParse(value).success)
        throw new Error(`What stands for the setting ${name} does not fit its schema`)
    }
  }
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isForWhom = (value: unknown): boolean => forWhom.some((each: ForWhom) => each === value)
