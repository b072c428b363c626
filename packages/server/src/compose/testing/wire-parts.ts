import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { RecordType } from '../../core/contract.ts'
import { coreErrors } from '../../core/error.ts'
import type { Feature } from '../../features/feature.ts'
import { features } from '../../features/list.ts'
import { roomEvents, unreadableEvent } from '../../room/contract.ts'
import { roomErrors } from '../../room/errors.ts'
import type { WireContracts } from '../../transport/docs/asyncapi.ts'
import type { WireLock } from '../../transport/wire.ts'
import { contractsOf } from '../declared.ts'

/** A part of the wire, and the lock of its own in which its changes are announced. */
export type WirePart = { name: string; contracts: WireContracts; path: string; lock: WireLock | null }

const ownErrors = { ...coreErrors, ...roomErrors }

/** The wire contract of each feature, and of the rest: the events of the engine, and the codes of all doors. */
export function wireParts(): WirePart[] {
  const errors = Object.values(ownErrors)
  const engine = { actions: [], routes: [], events: roomEvents, records: [], ephemerals: [unreadableEvent], errors }
  const parts = features.map((feature) => {
    const { events, records, ephemerals, ...rest } = contractsOf([feature])
    return {
      name: `the feature ${feature.name}`,
      path: `features/${feature.name}/wire.lock.json`,
      contracts: {
        ...rest,
        events: events.filter((type) => !roomEvents.some((own) => own === type)),
        ephemerals: ephemerals.filter((type) => type !== unreadableEvent),
        records: [...records, ...optionsOf(feature), ...slotsOf(feature), ...ownFieldsOf(feature)],
        errors: Object.values(feature.errors ?? {}),
      },
    }
  })
  return [{ name: 'the engine and the doors', path: 'transport/wire.lock.json', contracts: engine }, ...parts]
    .filter(({ contracts }) => Object.values(contracts).some((some) => some.length > 0))
    .map((part) => ({ ...part, lock: lockAt(part.path) }))
}

const asRecord = { v: 1, mayFill: 'all', audience: 'room' } as const

/** What a feature adds to every room, as if that were a record. */
const optionsOf = ({ roomOptions = [] }: Feature<unknown>): RecordType[] =>
  roomOptions.map(({ name, settings = {} }) => ({
    name: `room option ${name}`,
    summary: '',
    value: z.object(Object.fromEntries(Object.entries(settings).map(([setting, { schema }]) => [setting, schema]))),
    ...asRecord,
  }))

/** The values of its presence slots, likewise. They stand in shapes of the feature whose contract depends on them, too. */
const slotsOf = ({ slots = [], contract }: Feature<unknown>): RecordType[] =>
  contract
    ? []
    : slots.map(({ name, value, summary }) => ({
        name: `presence slot ${name}`,
        summary,
        value,
        ...asRecord,
      }))

/** Its fields in the items of a user's list of rooms, likewise. */
const ownFieldsOf = ({ ownFields = {}, contract }: Feature<unknown>): RecordType[] =>
  contract || Object.keys(ownFields).length === 0
    ? []
    : [{ name: 'own fields of rooms', summary: '', value: z.object(ownFields), ...asRecord }]

function lockAt(path: string): WireLock | null {
  const file = new URL(`../../${path}`, import.meta.url)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}
