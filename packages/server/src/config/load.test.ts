import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

/** Loads the configuration in a process of its own, whose folder and environment are ours to choose. */
const program = `
  import { loadConfig } from ${JSON.stringify(new URL('../config.ts', import.meta.url).href)}
  try { console.log(JSON.stringify(loadConfig([]))) } catch (error) { console.log(JSON.stringify({ refused: error.name, text: error.message })) }
`

type Loaded = {
  config?: { port: number; dataDir: string; serviceName: string; keys: unknown }
  refused?: string
  text?: string
}

function load(cwd: string, env: Record<string, string> = {}): Promise<Loaded> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } }
    execFile(process.execPath, ['--input-type=module', '-e', program], options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    )
  })
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'parlor-config-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test('creates the data folder with a secret that only its owner can read, and reuses it later', async (t) => {
  const cwd = folder(t)
  const first = await load(cwd)
  assert.equal(first.config?.dataDir, join(cwd, 'data'))
  const secret = join(cwd, 'data', 'secret.key')
  if (process.platform !== 'win32') assert.equal(statSync(secret).mode & 0o777, 0o600)
  assert.match(readFileSync(secret, 'utf8'), /^[\w-]{64}\n$/)
  assert.deepEqual((await load(cwd)).config?.keys, first.config?.keys)
})

test('two concurrent first starts share one secret and leave no other files', async (t) => {
  const cwd = folder(t)
  const [one, other] = await Promise.all([load(cwd), load(cwd)])
  assert.ok(one.config)
  assert.deepEqual(one.config.keys, other.config?.keys)
  assert.deepEqual(readdirSync(join(cwd, 'data')), ['secret.key'])
})

test('stores no secret when one is configured', async (t) => {
  const cwd = folder(t)
  await load(cwd, { SECRET_KEY: 'k3Jx9-Qm2Vt7_Zp4Lw8Rb1Nc6Hd5Sf0Gy' })
  assert.deepEqual(readdirSync(join(cwd, 'data')), [])
})

test('reads .env and the CONFIG_FILE that it names', async (t) => {
  const cwd = folder(t)
  writeFileSync(join(cwd, '.env'), 'PORT=1\nCONFIG_FILE=parlor.json\n')
  writeFileSync(join(cwd, 'parlor.json'), '{"PORT": 2}')
  assert.equal((await load(cwd)).config?.port, 2)
  assert.equal((await load(cwd, { PORT: '3' })).config?.port, 2)
})

const bom = Buffer.from([0xef, 0xbb, 0xbf])

test('[CFG1] ignores a byte order mark of .env and of the JSON file', async (t) => {
  const cwd = folder(t)
  writeFileSync(join(cwd, '.env'), Buffer.concat([bom, Buffer.from('PORT=1\r\nCONFIG_FILE=parlor.json\r\n')]))
  writeFileSync(join(cwd, 'parlor.json'), Buffer.concat([bom, Buffer.from('{"SERVICE_NAME": "ours"}')]))
  const { config } = await load(cwd)
  assert.deepEqual([config?.port, config?.serviceName], [1, 'ours'])
})

const foreign: [string, Buffer, RegExp][] = [
  [
    'UTF-16 with its mark',
    Buffer.from('\ufeffPARLOR_ENV=production', 'utf16le'),
    /^\.env is not UTF-8 .*UTF-16: save it/,
  ],
  ['UTF-16 without', Buffer.from('PARLOR_ENV=production', 'utf16le'), /^\.env is not UTF-8 .*UTF-16/],
  ['Latin-1', Buffer.from('PORT=1\nSERVICE_NAME=caf\xe9', 'latin1'), /^\.env, line 2, is not UTF-8/],
]
for (const [what, bytes, words] of foreign) {
  test(`[CFG1] a file in ${what} stops the start`, async (t) => {
    const cwd = folder(t)
    writeFileSync(join(cwd, '.env'), bytes)
    assert.match((await load(cwd)).text ?? '', words)
    rmSync(join(cwd, '.env'))
    writeFileSync(join(cwd, 'parlor.json'), bytes)
    const { text } = await load(cwd, { CONFIG_FILE: 'parlor.json' })
    assert.match(text ?? '', new RegExp(words.source.replace('.env', 'parlor.json').replace('\\.p', 'p')))
  })
}

const refusals: [string, Record<string, string>, RegExp][] = [
  [
    'a CONFIG_FILE that is not there',
    { CONFIG_FILE: 'none.json' },
    /^CONFIG_FILE names .*none\.json, which cannot be read/,
  ],
  ['a DATA_DIR that is a file', { DATA_DIR: 'occupied' }, /^DATA_DIR: .*occupied cannot be written/],
  ['a DATA_DIR under a file', { DATA_DIR: 'occupied/data' }, /^DATA_DIR: .*cannot be written/],
  [
    'a database file in a folder that cannot be',
    { DATABASE_URL: 'sqlite:///../occupied/x.db' },
    /^DATABASE_URL: .*occupied cannot be written/,
  ],
]
for (const [what, env, words] of refusals) {
  test(`${what} stops the start`, async (t) => {
    const cwd = folder(t)
    writeFileSync(join(cwd, 'occupied'), '')
    const { refused, text } = await load(cwd, env)
    assert.equal(refused, 'ConfigError')
    assert.match(text ?? '', words)
  })
}

test('an empty secret file is refused rather than used', async (t) => {
  const cwd = folder(t)
  await load(cwd)
  writeFileSync(join(cwd, 'data', 'secret.key'), '')
  assert.match((await load(cwd)).text ?? '', /secret\.key is empty/)
})
