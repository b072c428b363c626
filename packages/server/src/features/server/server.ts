import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import { storedObject, type TellUnreadable } from '../../core/stored.ts'
import type { Database, Query, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { type Registration, registrations } from './contract.ts'
import type { ServerTables } from './tables.ts'

/** What the server is called, and who may come. */
export type Choices = {
  name: string
  registration: Registration
  guests: boolean
  /** Whether the lobby is there. */
  lobby: boolean
}

/** Choices that the environment makes; null: it does not. */
export type Fixed = { registration: Registration | null; guests: boolean | null }

export type ServerPolicy = {
  /** What holds now: the environment's choice, else the one made at the setup, else the default. */
  now(): Readonly<Choices>
  /** Stores choices, in the transaction of whoever may make them. */
  choose(choices: Choices): Query
  /** Reads them again: this or another node has stored some. */
  reload(): Promise<void>
}

/** Before anyone has chosen, all that the documents describe is open. */
export const openToAll: Choices = { name: 'Parlor', registration: 'open', guests: true, lobby: true }
/** What an unreadable choice means: nobody new comes (rule SV3). */
const shut = { registration: 'closed', guests: false, lobby: false } as const

const stored = z.object({
  name: z.string().min(1).max(64).catch(openToAll.name),
  registration: z.enum(registrations).catch(shut.registration),
  guests: z.boolean().catch(shut.guests),
  lobby: z.boolean().catch(shut.lobby),
})

const row = 'choices'

export async function createPolicy(
  db: Database,
  fixed: Fixed,
  clock: Pick<Clock, 'now'>,
  tell: TellUnreadable,
): Promise<ServerPolicy> {
  const queries = createQueries<ServerTables>(db.dialect)
  let chosen: Choices = openToAll

  async function read(): Promise<Choices> {
    const query = queries.selectFrom('server_settings').select('value').where('name', '=', row)
    const [found] = await db.all<Row & { value: string }>(query.compile())
    if (!found) return openToAll
    const value = storedObject(found.value)
    if (value === null) tell({ kind: 'setting', row: 'the choices of the setup', why: 'they are no JSON object' })
    return stored.parse(value ?? {})
  }

  const policy: ServerPolicy = {
    now: () => ({
      ...chosen,
      registration: fixed.registration ?? chosen.registration,
      guests: fixed.guests ?? chosen.guests,
    }),
    choose(choices) {
      const value = JSON.stringify(choices)
      const changed_at = clock.now()
      return queries
        .insertInto('server_settings')
        .values({ name: row, value, changed_at })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, changed_at }))
        .compile()
    },
    async reload() {
      chosen = await read()
    },
  }
  await policy.reload()
  return policy
}
