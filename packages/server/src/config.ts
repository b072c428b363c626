import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigError } from './config/config-error.ts'
import { type DatabaseTarget, readDatabaseUrl } from './config/database-url.ts'
import { type Keys, readKeys } from './config/keys.ts'
import { type Limits, scaledLimits } from './config/limits.ts'
import type { SettingTable } from './config/setting.ts'
import { serverOnlySettings, type Values } from './config/settings/settings.ts'
import { readDotenv } from './config/dotenv.ts'
import { createSettingReader, type SettingReader, type Sources } from './config/sources.ts'
import { textOf } from './config/text-file.ts'
import { newSecret } from './core/id.ts'

type Plain = Omit<
  Values,
  | 'databaseUrl'
  | 'redisUrl'
  | 'corsOrigins'
  | 'forceHttps'
  | 'secretKey'
  | 'secretKeyPrevious'
  | 'jwtSecretKey'
  | 'jwtSecretKeyPrevious'
>

/** What the server is told. `dataDir` and files are absolute; `origins` holds PUBLIC_URL's and FRONTEND_URL's too. */
export type Config = Plain & {
  readonly database: DatabaseTarget
  readonly origins: readonly string[]
  /** The path of PUBLIC_URL without a slash at its end: '' for the root. */
  readonly basePath: string
  readonly forceHttps: boolean
  readonly keys: Keys
  readonly limits: Limits
  /** The values of a feature's own settings. */
  readonly of: SettingReader['of']
}

export type ConfigSources = Sources & {
  /** Relative paths start here. */
  cwd: string
  /** The secret of a data folder, made on first use; asked only outside production and when none is set. */
  developmentSecret: (dataDir: string) => string
}

/** Reads all settings, with the features' that are handed in; touches nothing else. Throws ConfigError. */
export function readConfig(
  sources: ConfigSources,
  tables: readonly SettingTable[],
): { config: Config; warnings: string[] } {
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const settings = createSettingReader(sources, [serverOnlySettings, ...tables], warn)
  const {
    databaseUrl,
    redisUrl,
    corsOrigins,
    forceHttps,
    secretKey,
    secretKeyPrevious,
    jwtSecretKey,
    jwtSecretKeyPrevious,
    ...plain
  } = settings.of(serverOnlySettings)
  const { env, publicUrl, frontendUrl } = plain
  if (redisUrl !== null)
    throw new ConfigError(
      'REDIS_URL is set, but running over Redis is not available yet: unset it (and SSE_REDIS_URL).',
    )
  const origins = corsOrigins ?? ['http://localhost:*', 'http://127.0.0.1:*', 'file://*']
  if (env === 'production' && origins.includes('*'))
    throw new ConfigError('CORS_ORIGINS is *, which production refuses: list the origins of your pages.')
  if (env === 'production' && corsOrigins === null)
    warn('CORS_ORIGINS is not set: pages from files and from any port of localhost may use this server.')
  if (env === 'production' && plain.trustProxy.includes('0.0.0.0/0'))
    warn('TRUST_PROXY is 0.0.0.0/0: every client can name any address as its own, so limits by address do not bind it.')
  const dataDir = resolve(sources.cwd, plain.dataDir)
  const secrets = { env, secretKey, secretKeyPrevious, jwtSecretKey, jwtSecretKeyPrevious }
  const config: Config = {
    ...plain,
    dataDir,
    database: readDatabaseUrl(databaseUrl ?? 'sqlite:///parlor.db', dataDir),
    origins: [
      ...new Set([...origins, ...[publicUrl, frontendUrl].flatMap((url) => (url ? [new URL(url).origin] : []))]),
    ],
    basePath: publicUrl === null ? '' : readBasePath(publicUrl),
    forceHttps: forceHttps ?? (env === 'production' && (publicUrl?.startsWith('https:') ?? false)),
    keys: readKeys(secrets, () => sources.developmentSecret(dataDir), warn),
    limits: scaledLimits(plain.rateLimitFactor),
    of: settings.of,
  }
  return { config, warnings }
}

/** What our own paths begin with: under another path of such a name nobody could tell them from it. */
const ownPaths = new Set(['api', 'socket.io', 'docs', 'metrics', 'assets', 'r', 'account', 'rooms', 'setup', 'mcp'])

function readBasePath(publicUrl: string): string {
  const path = new URL(publicUrl).pathname.replace(/\/$/, '')
  if (path === '') return ''
  if (!/^(\/[\w.~-]+)+$/.test(path))
    throw new ConfigError(
      `The path of PUBLIC_URL may contain letters, digits and . _ ~ - between its slashes, not ${path}.`,
    )
  const first = path.split('/')[1] ?? ''
  if (ownPaths.has(first.toLowerCase()))
    throw new ConfigError(
      `The path of PUBLIC_URL begins with /${first}, which Parlor uses itself: set the address of the server, not of its API, or choose another path.`,
    )
  return path
}

/**
 * Reads `.env`, the environment and CONFIG_FILE, and makes sure that the data folder can be written. `tables`: the
 * settings of features. Throws ConfigError.
 */
export function loadConfig(tables: readonly SettingTable[]): { config: Config; warnings: string[] } {
  const cwd = process.cwd()
  const bytes = readIfThere(join(cwd, '.env'))
  const dotenv = bytes === null ? null : textOf(bytes, '.env')
  const named = dotenv === null ? undefined : readDotenv(dotenv).findLast(({ name }) => name === 'CONFIG_FILE')
  const file = process.env['CONFIG_FILE'] || named?.value
  const json = file ? readConfigFile(resolve(cwd, file)) : null
  const loaded = readConfig({ dotenv, env: process.env, json, cwd, developmentSecret: keepSecret }, tables)
  const { dataDir, database } = loaded.config
  makeWritable(dataDir, 'DATA_DIR')
  if (database.kind === 'sqlite') makeWritable(dirname(database.file), 'DATABASE_URL')
  return loaded
}

function readConfigFile(path: string): { name: string; text: string } {
  const name = basename(path)
  return { name, text: textOf(readBytes(path), name) }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new ConfigError(`CONFIG_FILE names ${path}, which cannot be read: correct the path or unset CONFIG_FILE.`, {
      cause,
    })
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new ConfigError(`${path} exists but cannot be read: correct its permissions.`, { cause: error })
  }
}

/** Makes the folder and tries it with a file: permissions alone do not tell of a read-only or full disk. */
function makeWritable(folder: string, setting: string): void {
  const probe = join(folder, `.writable-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(probe, 'x')
    } finally {
      // A full disk takes the name and not the byte.
      rmSync(probe, { force: true })
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(
      `${setting}: ${folder} cannot be written (${reason}). Give this user write access or choose another folder.`,
      {
        cause,
      },
    )
  }
}

/** The folder's own secret. Written aside and linked into place, so that of two first starts both read the same one. */
function keepSecret(dataDir: string): string {
  makeWritable(dataDir, 'DATA_DIR')
  const path = join(dataDir, 'secret.key')
  const kept = readIfThere(path)?.toString().trim()
  if (kept) return kept
  const aside = `${path}.${process.pid}`
  try {
    writeFileSync(aside, `${newSecret(48)}\n`, { mode: 0o600, flush: true })
    linkSync(aside, path)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'))
      throw new ConfigError(`${path} cannot be written (${String(cause)}): free disk space or correct the folder.`, {
        cause,
      })
  } finally {
    rmSync(aside, { force: true })
  }
  const secret = readIfThere(path)?.toString().trim()
  if (!secret)
    throw new ConfigError(
      `${path} is empty: remove it, and the next start creates a new secret (all users must sign in again).`,
    )
  return secret
}
