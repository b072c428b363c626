import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../config.ts'
import { serverSettings } from '../features/server/settings.ts'
import { type Given, config, read, refuses, strong } from './testing/given.ts'

test('the environment overrides .env, and CONFIG_FILE overrides both', () => {
  const dotenv = '# ours\nPORT=1\nHOST="127.0.0.1"\nSERVICE_NAME=low\n'
  assert.equal(config({ dotenv }).port, 1)
  assert.equal(config({ dotenv, env: { PORT: '2' } }).port, 2)
  const all = config({ dotenv, env: { PORT: '2', SERVICE_NAME: 'middle' }, json: { PORT: 3 } })
  assert.deepEqual([all.port, all.serviceName, all.host], [3, 'middle', '127.0.0.1'])
  assert.equal(config({ dotenv, env: { PORT: '' } }).port, 1, 'an empty value is an absent one')
})

test('[CFG4] an error says where the value is set', () => {
  refuses({ dotenv: '# ours\n\nPORT=x' }, /^PORT .*\(in \.env, line 3\)/)
  refuses({ env: { PORT: 'x' } }, /\(in the environment\)/)
  refuses({ json: { HOST: '::1', PORT: 'x' } }, /\(in parlor\.json, line 3\)/)
})

test('CONFIG_FILE may contain texts, numbers, booleans and lists; unknown names may have any value', () => {
  const json = {
    PORT: 8080,
    ALLOW_GUESTS: false,
    CORS_ORIGINS: ['https://a.example', 'https://b.example'],
    HOST: null,
    something: { else: [1] },
    ['__proto__']: { PORT: 1 },
  }
  const got = config({ json })
  assert.deepEqual([got.port, got.of(serverSettings).allowGuests, got.host], [8080, false, '0.0.0.0'])
  assert.deepEqual(got.origins, ['https://a.example', 'https://b.example'])
  refuses({ json: { PORT: { value: 1 } } }, /^PORT in parlor\.json, line 2, must be text/)
  refuses({ json: { CORS_ORIGINS: [1] } }, /^CORS_ORIGINS in parlor\.json/)
  refuses({ json: '{' }, /^parlor\.json, line 1, is not valid JSON: .*CONFIG_FILE/)
  refuses({ json: '[]' }, /^parlor\.json must contain one JSON object/)
})

const aliases: [string, string, (config: Config) => unknown, unknown][] = [
  ['FLASK_PORT', '5000', (c) => c.port, 5000],
  ['FLASK_HOST', '127.0.0.1', (c) => c.host, '127.0.0.1'],
  ['FLASK_ENV', 'testing', (c) => c.env, 'testing'],
  ['FLASK_DEBUG', 'True', (c) => c.logLevel, 'debug'],
  ['FLASK_DEBUG', '0', (c) => c.logLevel, 'info'],
  ['JWT_SECRET', strong, (c) => c.keys.jwt.current, strong],
  ['API_BASE_URL', 'https://api.example', (c) => c.publicUrl, 'https://api.example'],
  ['BACKEND_URL', 'https://api.example', (c) => c.publicUrl, 'https://api.example'],
]
for (const [name, value, get, expected] of aliases) {
  test(`${name} is read if the setting itself is not set`, () => {
    const { config: got, warnings } = read({ env: { [name]: value } })
    assert.deepEqual(get(got), expected)
    assert.deepEqual(warnings, [])
  })
}

test('SSE_REDIS_URL stops the start like REDIS_URL', () => {
  refuses({ env: { SSE_REDIS_URL: 'redis://h' } }, /not available yet/)
})

test('a setting overrides its alias from any source, with a warning if they differ', () => {
  const { config: got, warnings } = read({ dotenv: 'PORT=1', env: { FLASK_PORT: '2' } })
  assert.equal(got.port, 1)
  assert.deepEqual(warnings, ['FLASK_PORT differs from PORT; PORT is used.'])
  assert.deepEqual(read({ env: { PORT: '2', FLASK_PORT: '2' } }).warnings, [])
  const two = read({ env: { API_BASE_URL: 'http://a', BACKEND_URL: 'http://b' } })
  assert.equal(two.config.publicUrl, 'http://a')
  assert.deepEqual(two.warnings, ['BACKEND_URL differs from API_BASE_URL; API_BASE_URL is used.'])
  assert.deepEqual(read({ env: { LOG_LEVEL: 'warn', FLASK_DEBUG: '1' } }).warnings.length, 1)
  refuses({ env: { FLASK_PORT: 'x' } }, /^FLASK_PORT must be/)
})

test('ignores settings of Celery and MongoDB with one warning, unknown names without', () => {
  const env = { MONGODB_URI: 'mongodb://h', CELERY_BROKER_URL: 'redis://h', SOME_THING: '1' }
  const { warnings } = read({ env, dotenv: 'CELERY_RESULT_BACKEND=x' })
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^CELERY_BROKER_URL, CELERY_RESULT_BACKEND, MONGODB_URI: ignored/)
})

const warned: [string, Given, string[]][] = [
  [
    'a # within a value',
    { dotenv: `SECRET_KEY=${strong}#more` },
    [
      'SECRET_KEY in .env, line 1, contains a # that is part of its value: put the value in quotes, or a space before a comment.',
    ],
  ],
  ['a # in quotes, or after a space', { dotenv: 'SERVICE_NAME="a#b" # ours\nPORT=1 # one' }, []],
  [
    'a name that is set twice in .env',
    { dotenv: 'PORT=1\nHOST=::1\nPORT=2' },
    ['PORT is set twice in .env, in lines 1 and 3: the later one is used.'],
  ],
  [
    'a name that is set twice in the JSON file',
    { json: '{"PORT": 1,\n"PORT": 2}' },
    ['PORT is set twice in parlor.json, in lines 1 and 2: the later one is used.'],
  ],
  [
    'a name close to one of ours',
    { dotenv: 'PARLOR_EVN=production\nPARLOR_PORT=1', json: { DATABASE_URI: 'x', port: 2 } },
    [
      'DATABASE_URI in parlor.json, line 2, is not a setting and is ignored: is DATABASE_URL meant?',
      'port in parlor.json, line 3, is not a setting and is ignored: is PORT meant?',
      'PARLOR_EVN in .env, line 1, is not a setting and is ignored: is PARLOR_ENV meant?',
      'PARLOR_PORT in .env, line 2, is not a setting and is ignored: is PORT meant?',
    ],
  ],
  [
    'a name of ours in the environment, where other names are nobody’s business',
    { env: { PARLOR_EVN: 'x', PARLOR_PORT: 'tcp://10.0.0.1:3001', DATABASE_URI: 'x', POST: 'x' } },
    ['PARLOR_EVN in the environment is not a setting and is ignored: is PARLOR_ENV meant?'],
  ],
  ['names of others', { dotenv: 'COMPOSE_PROJECT_NAME=a\nNODE_ENV=b\nPGHOST=c\nTZ=d' }, []],
]
for (const [what, given, expected] of warned) {
  test(`[CFG2] [CFG3] ${what}: ${expected.length === 0 ? 'no warning' : 'a warning'}`, () => {
    assert.deepEqual(read(given).warnings, expected)
  })
}
