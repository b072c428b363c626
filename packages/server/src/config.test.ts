import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Config, readConfig } from './config.ts'
import { callSettings } from './features/calls/settings.ts'
import { serverSettings } from './features/server/settings.ts'
import { messageSettings } from './features/messages/settings.ts'
import { coreRates } from './core/rate.ts'
import { documentedEngineLimits } from './room/limits.ts'
import { configDocument, envExample, helpText } from './config/describe.ts'
import { integer, text } from './config/kinds.ts'
import { optional, setting } from './config/setting.ts'
import { config, production, read, refuses, sources, strong } from './config/testing/given.ts'

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
