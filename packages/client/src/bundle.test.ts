import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** Somewhat more than half of it is socket.io-client's. */
const budget = 24 * 1024

test(`the client with socket.io-client is at most ${budget / 1024} KB packed, and has nothing of the server in it`, async () => {
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
  assert.ok(modules.some((path) => path.includes('socket.io-client')))
  const foreign = modules.filter((path) =>
    /packages\/server|node_modules\/(?!socket\.io|engine\.io|@socket\.io)/.test(path),
  )
  assert.deepEqual(foreign, [])
  const size = gzipSync(chunks.map(({ code }) => code).join('\n')).length
  assert.ok(size <= budget, `${size} bytes`)
})
