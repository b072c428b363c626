import { features } from '../packages/server/src/features/list.ts'

/** A feature may import only features that stand before it in the list. */
const featureOrder = features.map(({ name }) => name)

/** Which layers a layer may import, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  main: ['server', 'config', 'core', 'platform'],
  server: ['config', 'compose', 'features'],
  compose: ['config', 'core', 'room', 'platform', 'doors', 'transport', 'features'],
  doors: ['config', 'core', 'room', 'platform', 'transport'],
  config: ['core'],
  core: [],
  room: ['core', 'platform'],
  platform: ['core'],
  transport: ['core', 'room', 'platform'],
  features: ['core', 'room', 'platform'],
}

/** Packages that belong to one place: elsewhere their words must not appear. */
const packageHomes: readonly { name: RegExp; homes: readonly string[] }[] = [
  {
    name: /^(fastify|@fastify\/.+|@scalar\/.+|engine\.io|socket\.io-parser|ws|node:https?|node:http2)$/,
    homes: ['transport/'],
  },
  { name: /^(pg|node:sqlite)$/, homes: ['platform/db/', 'room/sql/'] },
  // In the engine only for what features read; its own statements are written by hand.
  { name: /^kysely$/, homes: ['platform/db/', 'room/sql/', 'features/'] },
  { name: /^pino$/, homes: ['platform/log/'] },
  { name: /^prom-client$/, homes: ['platform/metrics/'] },
  { name: /^@node-rs\/bcrypt$/, homes: ['platform/passwords/'] },
  { name: /^(sharp|file-type|mediabunny|opus-decoder)$/, homes: ['platform/media/'] },
]
const clientPackages = ['engine.io-client', 'socket.io-parser']
const corePackages = new Set(['zod', 'lru-cache', 'node:crypto'])

const server = 'packages/server/src/'
const client = 'packages/client/'

/** Tests and what only they use: what stands in a folder `testing/` (harnesses, fixtures, suites that several drivers run). */
export const isTest = (path: string): boolean =>
  /\.(test|suite|bench)\.ts$/.test(path) || path.includes('/testing/') || /^(test|bench|scripts)\//.test(path)

/** Why `from` must not import the repository's file `to`; null when it may. Tests may import anything. */
export function fileBreach(from: string, to: string): string | null {
  if (isTest(from)) return null
  if (isTest(to)) return 'code that runs in production imports no tests'
  if (from.startsWith(client)) return to.startsWith(client) ? null : 'the client imports nothing but itself'
  if (from.startsWith('packages/web/'))
    return /^packages\/(web|client)\//.test(to) ? null : 'the web app imports the client alone'
  if (!from.startsWith(server)) return null
  if (!to.startsWith(server)) return 'the server imports nothing but itself'
  return serverBreach(from.slice(server.length), to.slice(server.length))
}

/** Why `from` must not import the package `name`; null when it may. */
export function packageBreach(from: string, name: string): string | null {
  if (isTest(from)) return null
  if (from.startsWith(client))
    return clientPackages.includes(name)
      ? null
      : `of packages, the client imports ${clientPackages.join(' and ')} alone`
  if (!from.startsWith(server)) return null
  const path = from.slice(server.length)
  if (layerOf(path) === 'core' && !corePackages.has(name)) return `core imports ${[...corePackages].join(', ')} alone`
  const home = packageHomes.find((row) => row.name.test(name))
  if (home && !home.homes.some((start) => path.startsWith(start)))
    return `${name} belongs in ${home.homes.join(' and ')}`
  return null
}

const layerOf = (path: string): string => /^[^/.]+/.exec(path)?.[0] ?? ''

/** What a feature makes the table of its settings of. */
const isSettingKit = (layer: string, to: string): boolean =>
  layer === 'features' && /^config\/(setting|kinds)\.ts$/.test(to)

function serverBreach(from: string, to: string): string | null {
  const [layer, other] = [layerOf(from), layerOf(to)]
  const allowed = mayImport[layer]
  if (!allowed) return `${layer} is no layer of the server: give it a place in scripts/import-rules.ts`
  const isPart = other === 'config' && (from === 'features/platform.ts' || isSettingKit(layer, to))
  if (layer !== other && !allowed.includes(other) && !isPart) return `${layer} does not import ${other}`
  if (layer === 'main' && other === 'platform' && !to.startsWith('platform/log/'))
    return 'main does not import platform'
  if (other === 'features') return featureBreach(from, to)
  if (other === 'platform') return platformBreach(from, to)
  return null
}

/** What stands beside the features: the type of one, for all of them, and the list, which imports their Feature objects. */
const featureFrame = new Set(['features/feature.ts', 'features/hooks.ts', 'features/platform.ts'])
const featureList = 'features/list.ts'

function featureBreach(from: string, to: string): string | null {
  if (featureFrame.has(to)) return null
  if (to === featureList) return layerOf(from) === 'features' ? 'a feature does not know the list it stands in' : null
  const [own, other] = [partOf(from), partOf(to)]
  if (from === featureList)
    return to.endsWith('/feature.ts') ? null : 'the list imports feature.ts of each feature alone'
  if (layerOf(from) !== 'features' || featureFrame.has(from))
    return `${from} knows no feature: what it needs of one is handed over by the Feature objects of features/list.ts`
  if (own === other) return null
  if (!isPublic(to, other) && !to.endsWith('/feature.ts'))
    return `of the feature ${other} others import ${other}.ts, contract.ts or feature.ts alone`
  for (const name of [own, other])
    if (!featureOrder.includes(name)) return `the feature ${name} has no place in features/list.ts`
  return featureOrder.indexOf(other) < featureOrder.indexOf(own) ? null : `the feature ${own} stands before ${other}`
}

/** Public files whose names are not their folder's: what all drivers share, and what builds queries without running them. */
const sharedByDrivers = new Set(['platform/db/database.ts', 'platform/db/kysely.ts'])

/** Interfaces are for all; drivers for their own folder, for the place that picks them, and for the engine's own statements. */
function platformBreach(from: string, to: string): string | null {
  const part = partOf(to)
  const isInterface = isPublic(to, part) || sharedByDrivers.has(to)
  if (isInterface || partOf(from) === part || from === 'platform/open-drivers.ts') return null
  // Like the engine, the table of jobs uses what each database can do beyond the interface.
  if (part === 'db' && partOf(from) === 'jobs' && layerOf(from) === 'platform') return null
  if (part === 'db' && /^room\/(sql\/.+|engine|log\/(retention|commit-(sqlite|postgres)))\.ts$/.test(from)) return null
  if (to === 'platform/open-drivers.ts')
    return from === 'compose/compose.ts' ? null : 'compose/compose.ts alone creates the platform'
  return `drivers of platform/${part} are imported by platform/open-drivers.ts alone`
}

/** `features/watch/state.ts` → `watch`. */
const partOf = (path: string): string => path.split('/')[1] ?? ''
const isPublic = (path: string, part: string): boolean =>
  path.endsWith(`/${part}/${part}.ts`) || path.endsWith(`/${part}/contract.ts`)
