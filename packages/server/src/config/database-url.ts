import { resolve } from 'node:path'
import { ConfigError } from './config-error.ts'

/** Where the database is: a file's absolute path, or a PostgreSQL server's address. */
export type DatabaseTarget = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }

const shapes = 'sqlite:///name.db (in DATA_DIR), sqlite:////absolute/name.db, or postgres://user:password@host/name'

/** Reads DATABASE_URL. Its text holds a password, so no message repeats more of it than the scheme. */
export function readDatabaseUrl(value: string, dataDir: string): DatabaseTarget {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(value)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'postgres' || scheme === 'postgresql') return readPostgres(value)
  if (scheme === 'sqlite') return readSqlite(value, dataDir)
  if (/^(mysql|mariadb)\b/.test(scheme))
    throw new ConfigError('DATABASE_URL names MySQL, which Parlor does not support yet: use PostgreSQL or SQLite.')
  const found = scheme ? `not ${scheme}:` : 'and has no scheme'
  throw new ConfigError(`DATABASE_URL must be ${shapes}, ${found}.`)
}

function readPostgres(value: string): DatabaseTarget {
  if (!URL.canParse(value))
    throw new ConfigError(
      'DATABASE_URL is not a readable address: percent-encode special characters of the user and password.',
    )
  return { kind: 'postgres', url: value }
}

function readSqlite(value: string, dataDir: string): DatabaseTarget {
  const path = /^sqlite:\/\/\/([^?#]+)$/i.exec(value)?.[1]
  if (path === undefined) throw new ConfigError(`DATABASE_URL must be ${shapes}.`)
  if (path === ':memory:' || path.endsWith('/'))
    throw new ConfigError(`DATABASE_URL must name a file, for what is stored must outlive the process: ${shapes}.`)
  return { kind: 'sqlite', file: resolve(dataDir, path) }
}
