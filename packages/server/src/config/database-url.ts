import { resolve } from 'node:path'
import { ConfigError } from './config-error.ts'

/** The location of the database: a file's absolute path, or a PostgreSQL server's address. */
export type DatabaseTarget = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }

const shapes = 'sqlite:///name.db (in DATA_DIR), sqlite:////absolute/name.db, or postgres://user:password@host/name'

/** Parses DATABASE_URL. It contains a password, so error messages repeat only its scheme. */
export function readDatabaseUrl(value: string, dataDir: string): DatabaseTarget {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(value)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'postgres' || scheme === 'postgresql') return readPostgres(value)
  if (scheme === 'sqlite') return readSqlite(value, dataDir)
  if (/^(mysql|mariadb)\b/.test(scheme))
    throw new ConfigError('DATABASE_URL names MySQL, which Parlor does not support: use PostgreSQL or SQLite.')
  const found = scheme ? `not ${scheme}:` : 'and has no scheme'
  throw new ConfigError(`DATABASE_URL must be ${shapes}, ${found}.`)
}

function readPostgres(value: string): DatabaseTarget {
  if (!URL.canParse(value))
    throw new ConfigError(
      'DATABASE_URL is not a valid URL: percent-encode special characters in the user and password.',
    )
  return { kind: 'postgres', url: value }
}

function readSqlite(value: string, dataDir: string): DatabaseTarget {
  const path = /^sqlite:\/\/\/([^?#]+)$/i.exec(value)?.[1]
  if (path === undefined) throw new ConfigError(`DATABASE_URL must be ${shapes}.`)
  if (path === ':memory:' || path.endsWith('/'))
    throw new ConfigError(`DATABASE_URL must name a file, so that data survives a restart: ${shapes}.`)
  return { kind: 'sqlite', file: resolve(dataDir, path) }
}
