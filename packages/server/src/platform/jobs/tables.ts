import type { Migration } from '../db/database.ts'

/**
 * - `due_at`: when a worker may take the job. Null once it has ended, and while it runs, unless it was asked for again (rule JB2).
 * - `owner`: the worker that runs it; `run`: the number of its last taking (rule JB6).
 * - `room`, `of_user`: nums; 0 is none. `key`: of a timer or recurring job that has not ended.
 * - `job_workers.beat` counts the renewals of a worker's lease (rule JB5).
 *
 * The first release made a table `jobs` to which nothing was ever written.
 */
export const jobMigrations: readonly Migration[] = [
  {
    id: '0010-jobs',
    sqlite: `
      DROP TABLE jobs;
      CREATE TABLE jobs (
        id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, v INTEGER NOT NULL, payload TEXT NOT NULL,
        room INTEGER NOT NULL, of_user INTEGER NOT NULL, key TEXT, due_at INTEGER, owner TEXT,
        run INTEGER NOT NULL, failures INTEGER NOT NULL, state TEXT NOT NULL,
        done INTEGER NOT NULL, total INTEGER, error TEXT, result TEXT,
        created_at INTEGER NOT NULL, ended_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX jobs_key ON jobs (room, name, key) WHERE key IS NOT NULL;
      CREATE INDEX jobs_due ON jobs (name, due_at) WHERE owner IS NULL AND due_at IS NOT NULL;
      CREATE INDEX jobs_owner ON jobs (owner) WHERE owner IS NOT NULL;
      CREATE INDEX jobs_ended ON jobs (state, ended_at) WHERE ended_at IS NOT NULL;
      CREATE TABLE job_workers (id TEXT NOT NULL PRIMARY KEY, beat INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    `,
    postgres: `
      DROP TABLE jobs;
      CREATE TABLE jobs (
        id TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, v BIGINT NOT NULL, payload TEXT NOT NULL,
        room BIGINT NOT NULL, of_user BIGINT NOT NULL, key TEXT COLLATE "C", due_at BIGINT, owner TEXT COLLATE "C",
        run BIGINT NOT NULL, failures BIGINT NOT NULL, state TEXT NOT NULL,
        done BIGINT NOT NULL, total BIGINT, error TEXT, result TEXT,
        created_at BIGINT NOT NULL, ended_at BIGINT
      );
      CREATE UNIQUE INDEX jobs_key ON jobs (room, name, key) WHERE key IS NOT NULL;
      CREATE INDEX jobs_due ON jobs (name, due_at) WHERE owner IS NULL AND due_at IS NOT NULL;
      CREATE INDEX jobs_owner ON jobs (owner) WHERE owner IS NOT NULL;
      CREATE INDEX jobs_ended ON jobs (state, ended_at) WHERE ended_at IS NOT NULL;
      CREATE TABLE job_workers (id TEXT COLLATE "C" PRIMARY KEY, beat BIGINT NOT NULL, at BIGINT NOT NULL);
    `,
  },
]

/** For migrations: makes a job, or with a `key` a timer, of each row of a table. The fields are SQL, but for the name. */
export function jobsOfRows(
  dialect: 'sqlite' | 'postgres',
  job: { name: string; payload: string; due_at: string; from: string; room?: string; key?: string },
): string {
  const { name, payload, due_at, from, room = '0', key = 'NULL' } = job
  const id = dialect === 'sqlite' ? 'lower(hex(randomblob(16)))' : 'gen_random_uuid()::text'
  return `INSERT INTO jobs (id, name, v, payload, room, of_user, key, due_at, run, failures, state, done, created_at)
    SELECT ${id}, '${name}', 1, ${payload}, ${room}, 0, ${key}, ${due_at}, 0, 0, 'waiting', 0, ${due_at} FROM ${from};`
}
