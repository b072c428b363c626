import { createHash } from 'node:crypto'
import { z } from 'zod'
import { definedError } from '../core/error.ts'
import type { ActionContractOf, RouteContractOf } from './docs/openapi.ts'
import type { WireContracts } from './docs/asyncapi.ts'
import { createSchemas, isObject, type JsonObject } from './docs/schema.ts'

/** The number that the handshake carries. It grows when a client of the number before could not go on. */
export const protocol = 1

/** A `wire.lock.json`: what a part of the wire was, newest last, with one line on each change. */
export type WireLock = { readonly history: readonly { hash: string; change: string }[] }

/** What a change of the wire must be announced with in the lock at `path`; null when that knows the wire as it is. */
export function unannounced(contracts: WireContracts, lock: WireLock | null, path: string): string | null {
  const line = { hash: wireHash(contracts), change: '<one line for those who write clients>' }
  if (lock?.history.at(-1)?.hash === line.hash) return null
  const asked = lock
    ? `add to the end of "history" in ${path}: ${JSON.stringify(line)}`
    : `make ${path} with ${JSON.stringify({ history: [line] })}`
  return `The wire has changed. If that is meant, ${asked} and raise \`protocol\` in transport/wire.ts if clients of today could not go on.`
}

/** The same for the same contracts, in whatever order they are declared; texts for people do not count. */
export function wireHash({ actions, routes, events, records, ephemerals, errors }: WireContracts): string {
  const schemas = createSchemas('draft-2020-12', '#/shared/')
  const catalogue = errors.map(({ code, status, retry }) => ({ name: code, status, retry }))
  const wire = {
    errors: byName(catalogue),
    actions: byName(actions.map((action) => ({ name: action.name, ...contractOf(action) }))),
    // Absent where there are none, as in the locks that were written before there were any.
    ...(routes.length > 0 ? { routes: byName(routes.map(routeOf)) } : {}),
    events: byName(
      events.map(({ name, v, audience, wires = 'by entry', body, payload }) => {
        return { name, v, audience: pinned(audience), wires, body, payload }
      }),
    ),
    records: byName(
      records.map(({ name, v, audience, value, wire, shows }) => {
        return { name, v, audience: pinned(audience), value, wire, shows: shows?.schema }
      }),
    ),
    ephemerals: byName(
      ephemerals.map(({ name, payload, audience }) => ({ name, payload, audience: pinned(audience) })),
    ),
  }
  const text = JSON.stringify([canonical(wire, schemas.of), canonical(schemas.shared, schemas.of)])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function contractOf({ contract }: ActionContractOf): JsonObject {
  const {
    input,
    output,
    caller,
    scope,
    roomless = false,
    findsRoom,
    appends = false,
    creates = null,
    errors,
  } = contract
  const http = (contract.http ?? []).map(({ method, path, status = 200, accepts = input }) => ({
    name: `${method} ${path}`,
    status,
    accepts,
  }))
  const socket = (contract.socket ?? []).map(({ event, accepts = input }) => ({ name: event, accepts }))
  const codes = errors.map((failure) => definedError(failure).code).toSorted()
  return {
    caller,
    scope,
    roomless,
    findsRoom,
    appends,
    creates,
    errors: codes,
    output,
    http: byName(http),
    socket: byName(socket),
  }
}

function routeOf({ name, contract }: RouteContractOf) {
  const { method, path, caller, scope, roomless = false, findsRoom, link, input, takes, answers, errors } = contract
  const codes = errors.map((failure) => definedError(failure).code).toSorted()
  const body =
    takes.as === 'nothing' ? null : takes.as === 'form' ? { file: takes.file, fields: takes.fields } : takes.types
  const linked = link ? { link: { ...link } } : {}
  return {
    name,
    at: `${method} ${path}`,
    caller,
    scope,
    roomless,
    findsRoom,
    ...linked,
    input,
    body,
    answers: { ...answers },
    errors: codes,
  }
}

/** How a function chooses is no part of the wire, that it does is. */
const pinned = (audience: unknown): unknown => (typeof audience === 'function' ? 'by entry' : audience)

const byName = <T extends { name: string }>(all: readonly T[]): T[] =>
  all.toSorted((one, other) => (one.name < other.name ? -1 : 1))

/** Schemas as JSON Schema, names in order, what is a set in order, and no words for people. */
function canonical(value: unknown, schemaOf: ReturnType<typeof createSchemas>['of']): unknown {
  if (Array.isArray(value)) {
    const all = value.map((item) => canonical(item, schemaOf))
    return all.every((item) => typeof item === 'string') ? all.toSorted() : all
  }
  if (!isObject(value)) return value
  if (value instanceof z.ZodType) return canonical(schemaOf(value), schemaOf)
  const names = Object.keys(value).filter((name) => !isWords(name, value[name]))
  return Object.fromEntries(names.toSorted().map((name) => [name, canonical(value[name], schemaOf)]))
}

/** A field may be named `description` too; then it is a schema, not a text. */
const isWords = (name: string, value: unknown): boolean =>
  (name === 'description' || name === 'title' || name === 'summary') && typeof value === 'string'
