// Writes every generated document; with --check it only tells which ones are not what the code would write.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { configDocument, envExample } from '../packages/server/src/config/describe.ts'
import { features } from '../packages/server/src/features/list.ts'
import { metricsDocument } from '../packages/server/src/platform/metrics/describe.ts'
import { scopesDocument } from '../packages/server/src/features/identity/keys/scopes-document.ts'
import {
  moderatorRoles,
  roles,
  standInRoles,
  targets,
} from '../packages/server/src/features/rooms/permissions/permissions.ts'
import { mayChangeRole, mayRemove } from '../packages/server/src/features/rooms/permissions/room-permissions.ts'
import { permissionsDocument } from '../packages/server/src/features/rooms/permissions/document.ts'
import {
  bounds,
  featureSettings,
  limits,
  metricsOf,
  permissions,
  rates,
  wireContracts,
} from '../packages/server/src/compose/declared.ts'
import { asyncApiDocument } from '../packages/server/src/transport/docs/asyncapi.ts'
import { openApiDocument } from '../packages/server/src/transport/docs/openapi.ts'
import packageFacts from '../packages/server/package.json' with { type: 'json' }
import { errorsDocument } from './errors-document.ts'
import { sdkFiles } from './sdk.ts'

const info = { title: 'Parlor', version: packageFacts.version, server: null }
const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`

const sdkSource = {
  ...wireContracts,
  bounds,
  permissions: {
    ...{ roles, all: permissions, standIns: standInRoles, moderatorRoles, targets },
    removable: Object.fromEntries(roles.map((role) => [role, targets.filter((target) => mayRemove(role, target))])),
    changeable: Object.fromEntries(
      roles.map((role) => [role, targets.filter((target) => mayChangeRole(role, target))]),
    ),
  },
}

/** Each generated file and what makes it. */
const documents: Readonly<Record<string, () => string>> = {
  '.env.example': () => envExample(featureSettings),
  'docs/config.md': () => configDocument({ settings: featureSettings, limits, rates }),
  'docs/errors.md': () => errorsDocument(wireContracts.errors),
  'docs/metrics.md': () => metricsDocument(metricsOf(features)),
  'docs/permissions.md': () =>
    permissionsDocument(permissions) + scopesDocument([...wireContracts.actions, ...wireContracts.routes]),
  ...Object.fromEntries(
    Object.entries(sdkFiles(sdkSource)).map(([name, text]) => [`packages/client/src/generated/${name}`, () => text]),
  ),
  'docs/openapi.json': () => json(openApiDocument(info, wireContracts)),
  'docs/asyncapi.json': () => json(asyncApiDocument(info, wireContracts)),
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

const stale = Object.entries(documents).filter(([path, make]) => textOf(path) !== make())
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is not what the code says: run npm run docs`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const [path, make] of stale) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, make())
    console.log(`wrote ${path}`)
  }
}
