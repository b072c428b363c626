import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What of a contract the tests that are made from it look at. */
export type Schema = {
  safeParse(input: unknown): { success: boolean }
  toJSONSchema(options: object): { properties?: Record<string, unknown>; required?: string[] }
}
export type Door =
  | { kind: 'http'; method: string; path: string; schema: Schema }
  | { kind: 'socket'; event: string; schema: Schema }
export type ActionUnderTest = { name: string; caller: string; doors: Door[] }

type Contract = {
  input: Schema
  caller: string
  http?: readonly { method: string; path: string; accepts?: Schema }[]
  socket?: readonly { event: string; accepts?: Schema }[]
}

/** Every action of every feature with each of its doors, from the features' own contracts. */
export async function allActions(): Promise<ActionUnderTest[]> {
  const folder = fileURLToPath(new URL('../../packages/server/src/features', import.meta.url))
  const actions = new Map<string, ActionUnderTest>()
  for (const file of globSync('*/contract.ts', { cwd: folder })) {
    const module: unknown = await import(new URL(file, `file://${folder}/`).href)
    for (const exported of Object.values(module ?? {})) {
      if (!isActions(exported)) continue
      for (const [name, { input, caller, http = [], socket = [] }] of Object.entries(exported)) {
        const doors: Door[] = [
          ...http.map(({ method, path, accepts }) => ({
            kind: 'http' as const,
            method,
            path,
            schema: accepts ?? input,
          })),
          ...socket.map(({ event, accepts }) => ({ kind: 'socket' as const, event, schema: accepts ?? input })),
        ]
        actions.set(name, { name, caller, doors })
      }
    }
  }
  return [...actions.values()]
}

function isActions(exported: unknown): exported is Record<string, Contract> {
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) return false
  const rows = Object.values(exported)
  return (
    rows.length > 0 && rows.every((row) => typeof row === 'object' && row !== null && 'input' in row && 'limit' in row)
  )
}

export const nameOf = (door: Door): string => (door.kind === 'http' ? `${door.method} ${door.path}` : door.event)

export function fieldsOf({ schema }: Door): { all: string[]; required: string[] } {
  const { properties = {}, required = [] } = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' })
  return { all: Object.keys(properties), required }
}
