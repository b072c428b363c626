import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { findPostgres } from './postgres/binaries.ts'

/** A real PostgreSQL that belongs to the tests. */
export type Postgres = {
  /** Its `postgres` database, as a superuser. */
  url: string
  /** Creates an empty database whose name starts with `name`; returns its URL. */
  createDatabase(name: string): Promise<string>
  /** Cuts its clients, stops it and removes its data. */
  stop(): Promise<void>
}

/** Why tests that need PostgreSQL are skipped here, for `test(name, { skip: postgresMissing }, …)`; false where it runs. */
export const postgresMissing: string | false =
  findPostgres() === null ? `no PostgreSQL binaries for ${process.platform}-${process.arch}` : false

/** `durable` keeps fsync on, for tests and measurements of what a commit costs; without it everything is faster. */
export async function startPostgres({ durable }: { durable: boolean }): Promise<Postgres> {
  const program = fileURLToPath(new URL('postgres/server.ts', import.meta.url))
  const server = spawn(process.execPath, [program, durable ? 'durable' : 'fast'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = once(server, 'exit')
  const lines = createInterface(server.stdout)
  const first = await Promise.race([once(lines, 'line'), ended])
  const url = first[0]
  if (typeof url !== 'string') throw new Error('PostgreSQL did not start; its words stand above')
  return {
    ...onServer(url),
    async stop() {
      server.stdin.end()
      await ended
    },
  }
}

/** The server of the whole test run, or an own one for a test file that runs alone. Call `stop` in both cases. */
export async function sharedPostgres(): Promise<Postgres> {
  const url = process.env['PARLOR_TEST_POSTGRES']
  return url ? { ...onServer(url), stop: async () => {} } : startPostgres({ durable: false })
}

/** Deletes every row but those of `migrations`, and starts the sequences over. The tables must be as the migrations made them. */
export async function emptyDatabase(url: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  try {
    // As on a replica, foreign keys are not checked, so the order of tables does not matter.
    await client.query('set session_replication_role = replica')
    await client.query(`do $$ declare name text; begin
      for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations' loop
        execute format('delete from %I', name);
      end loop;
      perform setval(format('%I', sequencename)::regclass, start_value, false) from pg_sequences where schemaname = 'public';
    end $$`)
  } finally {
    await client.end()
  }
}

function onServer(url: string): Omit<Postgres, 'stop'> {
  return {
    url,
    async createDatabase(name) {
      const unique = `${name}_${crypto.randomUUID().slice(0, 8)}`
      const client = new Client(url)
      await client.connect()
      try {
        await client.query(`create database ${client.escapeIdentifier(unique)}`)
      } finally {
        await client.end()
      }
      return Object.assign(new URL(url), { pathname: `/${unique}` }).href
    },
  }
}
