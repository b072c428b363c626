import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** About 10 KB of this are Engine.IO's client and the parser of Socket.IO packets. */
const budget = 24 * 1024

test(`The client with its dependencies takes at most ${budget / 1024} KB compressed and contains no server code`, async () => {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('parlor.ts', import.meta.url)),
        preserveEntrySignatures: 'strict',
      },
      minify: true,
    },
  })
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const chunks = outputs.flatMap((one) => (one.type === 'chunk' ? [one] : []))
  const modules = chunks.flatMap(({ modules }) => Object.keys(modules))
  assert.ok(modules.some((path) => path.includes('engine.io-client')))
  const foreign = modules.filter((path) =>
    /packages\/server|node_modules\/(?!socket\.io-parser|engine\.io|@socket\.io)/.test(path),
  )
  assert.deepEqual(foreign, [])
  const size = gzipSync(chunks.map(({ code }) => code).join('\n')).length
  assert.ok(size <= budget, `${size} bytes`)
})
