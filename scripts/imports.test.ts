import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importBreaches } from './imports.ts'

const src = 'packages/server/src'

/** A tree of files by path under the server's sources; a leading `/` starts at the root of the repository. */
function breaches(files: Record<string, string>): string[] {
  const path = (name: string) => (name.startsWith('/') ? name.slice(1) : `${src}/${name}`)
  return importBreaches(new Map(Object.entries(files).map(([name, text]) => [path(name), text])))
}

const allowed: [string, Record<string, string>][] = [
  ['main starts the server', { 'main.ts': "import { createServer } from './server.ts'", 'server.ts': '' }],
  [
    'what is composed of the list and of the platform',
    {
      'server.ts': "import { c } from './compose/compose.ts'\nimport { f } from './features/list.ts'",
      'compose/compose.ts':
        "import { f } from '../features/feature.ts'\nimport { b } from '../platform/open-drivers.ts'",
      'features/list.ts': "import { r } from './rooms/feature.ts'\nimport type { F } from './feature.ts'",
      'features/feature.ts': "import type { P } from './platform.ts'",
      'features/platform.ts': "import type { C } from '../config.ts'",
      'features/rooms/feature.ts': "import { d } from '../feature.ts'\nimport { c } from './state.ts'",
      'features/rooms/state.ts': '',
      'config.ts': '',
      'platform/open-drivers.ts': "import { c } from './bus/memory.ts'",
      'platform/bus/memory.ts': "import type { Bus } from './bus.ts'",
      'platform/bus/bus.ts': '',
    },
  ],
  [
    'a feature reads an earlier one by its public files',
    {
      'features/messages/messages.ts':
        "import { rooms } from '../rooms/rooms.ts'\nimport { room } from '../rooms/contract.ts'\nimport { x } from './store.ts'",
      'features/messages/store.ts':
        "import { sql } from 'kysely'\nimport type { D } from '../../platform/db/database.ts'",
      'features/rooms/rooms.ts': '',
      'features/rooms/contract.ts': "import { z } from 'zod'",
      'platform/db/database.ts': '',
    },
  ],
  [
    "the engine's statements know their driver",
    {
      'room/sql/sqlite.ts':
        "import { open } from '../../platform/db/sqlite.ts'\nimport { DatabaseSync } from 'node:sqlite'",
      'platform/db/sqlite.ts': '',
    },
  ],
  [
    'a test imports what it likes',
    {
      'room/ring.test.ts':
        "import { m } from '../platform/bus/memory.ts'\nimport { p } from '../../../../test/harness/postgres.ts'",
      'platform/bus/memory.ts': '',
      '/test/harness/postgres.ts': '',
    },
  ],
  [
    'what a comment or a text says is no import',
    {
      'core/id.ts':
        "/* import { x } from '../room/live.ts' */\n// import y from 'ws'\nconst s = \"import z from 'fastify'\"",
    },
  ],
]
for (const [what, files] of allowed) {
  test(`allowed: ${what}`, () => assert.deepEqual(breaches(files), []))
}

const refused: [string, Record<string, string>, RegExp][] = [
  [
    'core reaching up',
    { 'core/id.ts': "import type { Room } from '../room/types.ts'", 'room/types.ts': '' },
    /core does not import room/,
  ],
  [
    'a package in core',
    { 'core/id.ts': "import { readFile } from 'node:fs/promises'" },
    /core imports zod, lru-cache, node:crypto alone/,
  ],
  [
    'the room knowing a door',
    { 'room/live.ts': "import { s } from '../transport/socket.ts'", 'transport/socket.ts': '' },
    /room does not import transport/,
  ],
  [
    'the room knowing a feature',
    { 'room/live.ts': "import { s } from '../features/rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /room does not import features/,
  ],
  [
    'a door knowing a feature',
    { 'transport/http.ts': "import { s } from '../features/rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /transport does not import features/,
  ],
  [
    'a feature knowing a door',
    { 'features/rooms/rooms.ts': "import { s } from '../../transport/http.ts'", 'transport/http.ts': '' },
    /features does not import transport/,
  ],
  [
    'a feature reading the settings',
    { 'features/rooms/rooms.ts': "import { s } from '../../config.ts'", 'config.ts': '' },
    /features does not import config/,
  ],
  [
    'platform knowing the room',
    { 'platform/bus/bus.ts': "import type { R } from '../../room/types.ts'", 'room/types.ts': '' },
    /platform does not import room/,
  ],
  [
    'the server imported from below',
    { 'features/ops/ops.ts': "import { s } from '../../server.ts'", 'server.ts': '' },
    /features does not import server/,
  ],
  [
    'a later feature',
    { 'features/rooms/rooms.ts': "import { s } from '../messages/messages.ts'", 'features/messages/messages.ts': '' },
    /rooms stands before messages/,
  ],
  [
    'the inside of another feature',
    { 'features/messages/messages.ts': "import { s } from '../rooms/store.ts'", 'features/rooms/store.ts': '' },
    /others import rooms\.ts, contract\.ts or feature\.ts alone/,
  ],
  [
    'the composition knowing a feature',
    { 'compose/compose.ts': "import { s } from '../features/rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /compose\/compose\.ts knows no feature/,
  ],
  [
    'the type of features knowing one',
    { 'features/hooks.ts': "import { s } from './rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /features\/hooks\.ts knows no feature/,
  ],
  [
    'the list knowing more of a feature than its Feature',
    { 'features/list.ts': "import { s } from './rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /imports feature\.ts of each feature alone/,
  ],
  [
    'a feature knowing the list',
    { 'features/rooms/rooms.ts': "import { s } from '../list.ts'", 'features/list.ts': '' },
    /does not know the list/,
  ],
  [
    'a feature without a place',
    { 'features/karaoke/karaoke.ts': "import { s } from '../rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /karaoke has no place/,
  ],
  [
    'a driver from a feature',
    { 'features/rooms/rooms.ts': "import { s } from '../../platform/bus/memory.ts'", 'platform/bus/memory.ts': '' },
    /drivers of platform\/bus/,
  ],
  [
    'a driver from the composition',
    { 'compose/inside.ts': "import { s } from '../platform/db/sqlite.ts'", 'platform/db/sqlite.ts': '' },
    /drivers of platform\/db/,
  ],
  [
    'a driver from the live side',
    { 'room/live.ts': "import { s } from '../platform/db/sqlite.ts'", 'platform/db/sqlite.ts': '' },
    /drivers of platform\/db/,
  ],
  [
    'the platform created twice',
    { 'room/engine.ts': "import { s } from '../platform/open-drivers.ts'", 'platform/open-drivers.ts': '' },
    /compose\.ts alone creates/,
  ],
  [
    "HTTP's words below the doors",
    { 'features/rooms/rooms.ts': "import fastify from 'fastify'" },
    /fastify belongs in transport/,
  ],
  [
    'a database client in a feature',
    { 'features/rooms/store.ts': "import { Client } from 'pg'" },
    /pg belongs in platform\/db/,
  ],
  ['a second log', { 'transport/http.ts': "import { pino } from 'pino'" }, /pino belongs in platform\/log/],
  [
    'a suite in production code',
    { 'server.ts': "import { s } from './platform/bus/testing/bus.suite.ts'", 'platform/bus/testing/bus.suite.ts': '' },
    /imports no tests/,
  ],
  [
    'a harness in production code',
    { 'server.ts': "import { s } from './room/testing/live.ts'", 'room/testing/live.ts': '' },
    /imports no tests/,
  ],
  [
    'production code whose name ends as a suite once did',
    { 'room/x-contract.ts': "import { s } from '../features/rooms/rooms.ts'", 'features/rooms/rooms.ts': '' },
    /room does not import features/,
  ],
  [
    'a test in production code',
    { 'room/ring.ts': "import { s } from './ring.test.ts'", 'room/ring.test.ts': '' },
    /imports no tests/,
  ],
  [
    'the harness in production code',
    { 'server.ts': "import { s } from '../../../test/harness/postgres.ts'", '/test/harness/postgres.ts': '' },
    /imports no tests/,
  ],
  [
    'a layer of its own',
    { 'extras/x.ts': "import { s } from '../core/id.ts'", 'core/id.ts': '' },
    /extras is no layer/,
  ],
  [
    'the client importing types of the server',
    {
      '/packages/client/src/index.ts': "import type { s } from '../../server/src/features/rooms/contract.ts'",
      'features/rooms/contract.ts': '',
    },
    /the client imports nothing but itself/,
  ],
  [
    'the client importing the server as a package',
    { '/packages/client/src/index.ts': "import type { s } from '@parlor/server'" },
    /of packages, the client imports engine\.io-client and socket\.io-parser alone/,
  ],
  [
    'schemas in the client',
    { '/packages/client/src/index.ts': "import { z } from 'zod'" },
    /of packages, the client imports engine\.io-client and socket\.io-parser alone/,
  ],
  [
    'the web app reaching into the server',
    {
      '/packages/web/src/app.ts': "import type { s } from '../../server/src/core/contract.ts'",
      'core/contract.ts': '',
    },
    /the client alone/,
  ],
  ['a file that is not there', { 'core/id.ts': "import { s } from './gone.ts'" }, /which is not there/],
  [
    'a re-export',
    { 'core/id.ts': "export {\n  a,\n  b,\n} from '../room/types.ts'", 'room/types.ts': '' },
    /core does not import room/,
  ],
  [
    'an import for its effect',
    { 'core/id.ts': "import '../room/types.ts'", 'room/types.ts': '' },
    /core does not import room/,
  ],
  [
    'a lazy import',
    { 'core/id.ts': "const x = await import('../room/types.ts')", 'room/types.ts': '' },
    /core does not import room/,
  ],
  [
    'a cycle of two',
    { 'room/a.ts': "import './b.ts'", 'room/b.ts': "import type { A } from './a.ts'" },
    /^cycle: .*a\.ts → .*b\.ts → .*a\.ts$/,
  ],
]
for (const [what, files, words] of refused) {
  test(`refused: ${what}`, () => {
    const found = breaches(files)
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0] ?? '', words)
  })
}

test('reports a long cycle once, wherever the search begins', () => {
  const files = {
    'room/d.ts': "import './a.ts'",
    'room/a.ts': "import './b.ts'",
    'room/b.ts': "import './c.ts'",
    'room/c.ts': "import './a.ts'",
  }
  assert.deepEqual(breaches(files), [
    `cycle: ${src}/room/a.ts → ${src}/room/b.ts → ${src}/room/c.ts → ${src}/room/a.ts`,
  ])
})
