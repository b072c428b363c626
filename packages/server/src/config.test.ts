import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Config, type ConfigSources, readConfig } from './config.ts'
import { callSettings } from './features/calls/settings.ts'
import { serverSettings } from './features/server/settings.ts'
import { messageSettings } from './features/messages/settings.ts'
import { featureSettings } from './compose/declared.ts'
import { coreRates } from './core/rate.ts'
import { documentedEngineLimits } from './room/limits.ts'
import { ConfigError } from './config/config-error.ts'
import { configDocument, envExample, helpText } from './config/describe.ts'
import { integer, text } from './config/kinds.ts'
import { optional, setting } from './config/setting.ts'

const strong = 'k3Jx9-Qm2Vt7_Zp4Lw8Rb1Nc6Hd5Sf0Gy'
const stronger = 'Tz8Wq1-Xe5Kv9_Mn3Pc7Bd2Hf6Lr4Js0Ya'

type Given = { env?: Record<string, string>; dotenv?: string; json?: unknown }

function sources({ env = {}, dotenv, json }: Given): ConfigSources {
  return {
    env,
    dotenv: dotenv ?? null,
    json:
      json === undefined
        ? null
        : { name: 'parlor.json', text: typeof json === 'string' ? json : JSON.stringify(json, null, 2) },
    cwd: '/srv/parlor',
    developmentSecret: (dataDir) => `made-for-${dataDir}`,
  }
}
const read = (given: Given) => readConfig(sources(given), featureSettings)
const config = (given: Given): Config => read(given).config
const production = (env: Record<string, string> = {}) => ({ PARLOR_ENV: 'production', SECRET_KEY: strong, ...env })

function refuses(given: Given, ...patterns: RegExp[]) {
  assert.throws(
    () => read(given),
    (error) => {
      assert.ok(error instanceof ConfigError, String(error))
      for (const pattern of patterns) assert.match(error.message, pattern)
      return true
    },
  )
}

test('without any setting all have their defaults, without warnings', () => {
  const { config: got, warnings } = read({})
  assert.deepEqual(warnings, [])
  const { limits, keys, of, ...rest } = got
  assert.deepEqual(rest, {
    env: 'development',
    port: 3001,
    host: '0.0.0.0',
    dataDir: '/srv/parlor/data',
    database: { kind: 'sqlite', file: '/srv/parlor/data/parlor.db' },
    databaseConnections: 16,
    publicUrl: null,
    basePath: '',
    frontendUrl: null,
    serviceName: 'parlor',
    origins: ['http://localhost:*', 'http://127.0.0.1:*', 'file://*'],
    trustProxy: ['loopback'],
    forceHttps: false,
    rateLimitFactor: 1,
    metricsToken: null,
    logLevel: 'info',
  })
  assert.deepEqual(of(serverSettings), { allowGuests: null, registration: null })
  assert.deepEqual(of(messageSettings), { maxInlineBytes: 5_242_880 })
  assert.deepEqual(of(callSettings), {
    twilioAccountSid: null,
    twilioApiKey: null,
    twilioApiSecret: null,
    twilioRegion: null,
    livekitApiKey: null,
    livekitApiSecret: null,
  })
  assert.equal(limits.addressConnections, 1_000)
  assert.notEqual(keys.jwt.current, keys.secret.current)
})

const accepted: [string, string, (config: Config) => unknown, unknown][] = [
  ['PORT', '8080', (c) => c.port, 8080],
  ['PORT', ' 0 ', (c) => c.port, 0],
  ['PORT', '', (c) => c.port, 3001],
  ['HOST', '::1', (c) => c.host, '::1'],
  ['DATA_DIR', '/var/lib/parlor', (c) => c.dataDir, '/var/lib/parlor'],
  ['DATA_DIR', 'here', (c) => c.dataDir, '/srv/parlor/here'],
  ['PARLOR_ENV', 'testing', (c) => c.env, 'testing'],
  ['PARLOR_ENV', 'Development', (c) => c.env, 'development'],
  ['LOG_LEVEL', 'DEBUG', (c) => c.logLevel, 'debug'],
  ['REGISTRATION', 'Invite', (c) => c.of(serverSettings).registration, 'invite'],
  ['ALLOW_GUESTS', 'no', (c) => c.of(serverSettings).allowGuests, false],
  ['ALLOW_GUESTS', '0', (c) => c.of(serverSettings).allowGuests, false],
  ['ALLOW_GUESTS', 'False', (c) => c.of(serverSettings).allowGuests, false],
  ['ALLOW_GUESTS', 'yes', (c) => c.of(serverSettings).allowGuests, true],
  ['FORCE_HTTPS', '1', (c) => c.forceHttps, true],
  ['PUBLIC_URL', 'https://parlor.example.org/', (c) => c.publicUrl, 'https://parlor.example.org'],
  ['PUBLIC_URL', 'https://example.org/parlor/', (c) => c.publicUrl, 'https://example.org/parlor'],
  ['RATE_LIMIT_FACTOR', '0.5', (c) => c.rateLimitFactor, 0.5],
  ['METRICS_TOKEN', 'abc', (c) => c.metricsToken, 'abc'],
  ['MAX_INLINE_BYTES', '1000', (c) => c.of(messageSettings).maxInlineBytes, 1000],
  ['TRUST_PROXY', 'false', (c) => c.trustProxy, []],
  ['TRUST_PROXY', 'true', (c) => c.trustProxy, ['0.0.0.0/0', '::/0']],
  ['TRUST_PROXY', 'loopback, 10.0.0.0/8, ::1', (c) => c.trustProxy, ['loopback', '10.0.0.0/8', '::1']],
  ['CORS_ORIGINS', '*', (c) => c.origins, ['*']],
  ['CORS_ORIGINS', 'https://a.example/, http://b:*', (c) => c.origins, ['https://a.example', 'http://b:*']],
  ['DATABASE_URL', 'sqlite:///app.db', (c) => c.database, { kind: 'sqlite', file: '/srv/parlor/data/app.db' }],
  ['DATABASE_URL', 'sqlite:////var/app.db', (c) => c.database, { kind: 'sqlite', file: '/var/app.db' }],
  ['DATABASE_URL', 'postgres://u:p@h/d', (c) => c.database, { kind: 'postgres', url: 'postgres://u:p@h/d' }],
  ['DATABASE_URL', 'postgresql://h/d?sslmode=require', (c) => c.database.kind, 'postgres'],
]
for (const [name, value, get, expected] of accepted) {
  test(`${name}=${JSON.stringify(value)} is read`, () => {
    assert.deepEqual(get(config({ env: { [name]: value } })), expected)
  })
}

const refused: [string, string, RegExp][] = [
  ['PORT', '65536', /whole number from 0 to 65535/],
  ['PORT', '-1', /whole number/],
  ['PORT', '80a', /not "80a"/],
  ['PARLOR_ENV', 'staging', /one of development, testing, production/],
  ['LOG_LEVEL', 'loud', /one of silent/],
  ['REGISTRATION', 'maybe', /one of open, invite, closed/],
  ['ALLOW_GUESTS', 'maybe', /true or false/],
  ['PUBLIC_URL', 'parlor.example.org', /an address like https/],
  ['PUBLIC_URL', 'ftp://parlor.example.org', /an address like https/],
  ['PUBLIC_URL', 'https://user:pw@example.org', /without user/],
  ['FRONTEND_URL', 'http://', /an address like https/],
  ['RATE_LIMIT_FACTOR', '-1', /0 or more/],
  ['RATE_LIMIT_FACTOR', 'NaN', /0 or more/],
  ['MAX_INLINE_BYTES', '0', /whole number from 1/],
  ['TRUST_PROXY', '10.0.0.0/33', /comma-separated list/],
  ['TRUST_PROXY', '2', /comma-separated list/],
  ['CORS_ORIGINS', 'example.org', /comma-separated list of origins/],
  ['CORS_ORIGINS', 'https://a.example/path', /comma-separated list of origins/],
  ['DATABASE_URL', 'mysql://u:hunter2@h/d', /MySQL, which Parlor does not support/],
  ['DATABASE_URL', 'mysql+pymysql://u:hunter2@h/d', /MySQL/],
  ['DATABASE_URL', 'mongodb://u:hunter2@h/d', /not mongodb:/],
  ['DATABASE_URL', 'app.db', /has no scheme/],
  ['DATABASE_URL', 'sqlite://app.db', /sqlite:\/\/\/name\.db/],
  ['DATABASE_URL', 'sqlite:///', /sqlite:\/\/\/name\.db/],
  ['DATABASE_URL', 'sqlite:///:memory:', /must name a file/],
  ['DATABASE_URL', 'postgres://u:hunter2@:port/d', /percent-encode/],
  ['REDIS_URL', 'redis://:hunter2@h', /not available yet/],
]
for (const [name, value, words] of refused) {
  test(`${name}=${JSON.stringify(value)} stops the start`, () => {
    refuses({ env: { [name]: value } }, new RegExp(name), words)
    refuses({ env: { [name]: value } }, /^(?!.*hunter2)/s)
  })
}

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

test('the origins of PUBLIC_URL and FRONTEND_URL are allowed in addition to the list', () => {
  const env = { PUBLIC_URL: 'https://example.org/parlor', FRONTEND_URL: 'http://localhost:3000' }
  assert.deepEqual(config({ env: { ...env, CORS_ORIGINS: 'https://a.example' } }).origins, [
    'https://a.example',
    'https://example.org',
    'http://localhost:3000',
  ])
})

test('[B2] reads the path of PUBLIC_URL, and refuses one that begins like a route of the server', () => {
  for (const [url, path] of [
    ['https://example.org', ''],
    ['https://example.org/parlor/', '/parlor'],
    ['https://example.org/our/rooms-1', '/our/rooms-1'],
    ['https://example.org/apis', '/apis'],
  ] as const)
    assert.equal(config({ env: { PUBLIC_URL: url } }).basePath, path)
  for (const own of ['api', 'API', 'r', 'docs/x', 'socket.io', 'account', 'assets', 'metrics'])
    assert.throws(() => config({ env: { PUBLIC_URL: `https://example.org/${own}` } }), /Parlor uses itself/, own)
  for (const odd of ['a%20b', 'a//b', 'a;b', 'ä'])
    assert.throws(() => config({ env: { PUBLIC_URL: `https://example.org/${odd}` } }), /may contain letters/, odd)
})

test('production forces HTTPS when PUBLIC_URL is https, unless FORCE_HTTPS is false', () => {
  const PUBLIC_URL = 'https://parlor.example.org'
  assert.equal(config({ env: production({ PUBLIC_URL }) }).forceHttps, true)
  assert.equal(config({ env: production({ PUBLIC_URL, FORCE_HTTPS: 'no' }) }).forceHttps, false)
  assert.equal(config({ env: production({ PUBLIC_URL: 'http://parlor.local' }) }).forceHttps, false)
  assert.equal(config({ env: { PUBLIC_URL } }).forceHttps, false)
})

test('production refuses the origin *, and warns when all proxies are trusted', () => {
  refuses({ env: production({ CORS_ORIGINS: 'https://a.example,*' }) }, /^CORS_ORIGINS is \*/)
  assert.match(read({ env: production({ TRUST_PROXY: 'true' }) }).warnings.join(), /TRUST_PROXY/)
})

test('production warns about the default of CORS_ORIGINS, which is for development', () => {
  const warned = (env: Record<string, string>) => read({ env }).warnings.join()
  assert.match(warned(production()), /^CORS_ORIGINS is not set: .*localhost/)
  assert.equal(warned(production({ CORS_ORIGINS: 'https://a.example' })), '')
  assert.equal(warned({ SECRET_KEY: strong }), '')
})

test('the factor scales limits per address and all rates, and 0 lifts them', () => {
  const plain = config({}).limits
  const double = config({ env: { RATE_LIMIT_FACTOR: '2' } }).limits
  assert.equal(double.addressConnections, plain.addressConnections * 2)
  assert.equal(double.rate(coreRates.read).burst, plain.rate(coreRates.read).burst * 2)
  assert.equal(double.rate(coreRates.read).perSecond, plain.rate(coreRates.read).perSecond * 2)
  assert.equal(double.bound(documentedEngineLimits.roomAttached), plain.bound(documentedEngineLimits.roomAttached))
  const off = config({ env: { RATE_LIMIT_FACTOR: '0' } }).limits
  assert.equal(off.addressConnections, Number.POSITIVE_INFINITY)
  assert.equal(off.rate(coreRates.read).burst, Number.POSITIVE_INFINITY)
  assert.equal(off.bound(documentedEngineLimits.roomAttached), documentedEngineLimits.roomAttached.value)
})

test('a key that is set is used unchanged, and a missing one is derived from it', () => {
  const both = config({ env: { SECRET_KEY: strong, JWT_SECRET_KEY: stronger } }).keys
  assert.deepEqual(both, { secret: { current: strong, previous: [] }, jwt: { current: stronger, previous: [] } })
  const fromSecret = config({ env: { SECRET_KEY: strong } }).keys
  assert.equal(fromSecret.secret.current, strong)
  assert.match(fromSecret.jwt.current, /^[\w-]{43}$/)
  assert.notEqual(fromSecret.jwt.current, config({ env: { SECRET_KEY: stronger } }).keys.jwt.current)
  const fromJwt = config({ env: { JWT_SECRET_KEY: strong } }).keys
  assert.equal(fromJwt.jwt.current, strong)
  assert.notEqual(fromJwt.secret.current, fromSecret.jwt.current, 'the two purposes do not share derived keys')
})

test('earlier keys still verify, including those derived from an earlier key', () => {
  const before = config({ env: { SECRET_KEY: strong } }).keys
  const after = config({ env: { SECRET_KEY: stronger, SECRET_KEY_PREVIOUS: strong } }).keys
  assert.deepEqual(after.secret, { current: stronger, previous: [strong] })
  assert.deepEqual(after.jwt.previous, [before.jwt.current])
})

test('without a key, development derives both from the secret in the data folder', () => {
  const one = config({ env: { DATA_DIR: '/one' } }).keys
  assert.equal(one.secret.current, 'made-for-/one')
  assert.notDeepEqual(one.jwt, config({ env: { DATA_DIR: '/two' } }).keys.jwt)
})

const weak: [string, string, RegExp][] = [
  ['SECRET_KEY', 'your-secret-key-here', /placeholder/],
  ['SECRET_KEY', 'change-me-change-me-change-me-change-me', /placeholder/],
  ['SECRET_KEY', 'dev_key', /placeholder/],
  ['SECRET_KEY', 'kJx9Qm2Vt7Zp4Lw8Rb1Nc6Hd5Sf0Gy1', /has 31 characters/],
  ['SECRET_KEY', 'a'.repeat(64), /repeats a few characters/],
  ['JWT_SECRET_KEY', 'your-jwt-secret-key', /placeholder/],
  ['JWT_SECRET_KEY', 'kJx9Qm2Vt7Zp4Lw8Rb1Nc6Hd5Sf0Gy1', /has 31 characters/],
  ['JWT_SECRET_KEY_PREVIOUS', 'short', /has 5 characters/],
]
for (const [name, value, words] of weak) {
  test(`production refuses ${name}=${value}, development warns about it`, () => {
    refuses({ env: production({ [name]: value }) }, new RegExp(`^${name} `), words, /openssl rand/)
    const { warnings } = read({ env: { SECRET_KEY: strong, [name]: value } })
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', new RegExp(`^${name} `))
  })
}

test('production does not create a key', () => {
  refuses({ env: { PARLOR_ENV: 'production' } }, /^SECRET_KEY is not set/, /openssl rand/)
  assert.equal(config({ env: production() }).keys.secret.current, strong)
  assert.equal(config({ env: { PARLOR_ENV: 'production', JWT_SECRET_KEY: strong } }).keys.jwt.current, strong)
})

const pollSettings = {
  pollHours: setting({ env: 'POLL_HOURS', kind: integer(1, 100), fallback: 24, help: 'How long a poll is open.' }),
  pollTitle: optional({ env: 'POLL_TITLE', kind: text, absent: 'none', help: 'What polls are called.' }),
} as const

test('[CFG5] a feature reads its own settings, which are known and documented like all others', () => {
  const polls = [pollSettings]
  const { config: got, warnings } = readConfig(sources({ dotenv: 'POLL_HOURS=12\nPOLL_TITEL=x' }), polls)
  assert.deepEqual(got.of(pollSettings), { pollHours: 12, pollTitle: null })
  assert.match(warnings.join(), /POLL_TITEL in \.env, line 2, is not a setting and is ignored: is POLL_TITLE meant\?/)
  assert.throws(() => readConfig(sources({ env: { POLL_HOURS: '0' } }), polls), /POLL_HOURS must be a whole number/)
  for (const document of [
    helpText(polls),
    configDocument({ settings: polls, limits: {}, rates: [] }),
    envExample(polls),
  ])
    for (const words of ['POLL_HOURS', 'How long a poll is open.', 'PARLOR_ENV']) assert.ok(document.includes(words))
})

test('[CFG5] throws for settings that no feature declared, and for two with one name', () => {
  assert.throws(() => config({}).of(pollSettings), /^Error: No feature hands over the settings pollHours, pollTitle\.$/)
  const again = { port: setting({ env: 'FLASK_PORT', kind: integer(1, 2), fallback: 1, help: 'Another port.' }) }
  assert.throws(
    () => readConfig(sources({}), [again]),
    /^Error: Two settings read FLASK_PORT: give one of them another name\.$/,
  )
})
