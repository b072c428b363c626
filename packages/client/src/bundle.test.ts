import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** In bytes, compressed. About 10 KB of the client are Engine.IO's client and the parser of Socket.IO packets. */
const budgets = { client: 24 * 1024, feed: 3 * 1024, files: 2 * 1024, polls: 2 * 1024 }

async function bundle(...files: string[]): Promise<{ size: number; modules: string[] }> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: files.map((file) => fileURLToPath(new URL(file, import.meta.url))),
        preserveEntrySignatures: 'strict',
      },
      minify: true,
    },
  })
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const chunks = outputs.flatMap((one) => (one.type === 'chunk' ? [one] : []))
  return {
    size: gzipSync(chunks.map(({ code }) => code).join('\n')).length,
    modules: chunks.flatMap(({ modules }) => Object.keys(modules)),
  }
}

test('The client with its dependencies takes at most 24 KB compressed, the feed 3 KB more, uploads and polls 2 KB, and none contains server code', async () => {
  const client = await bundle('parlor.ts')
  const withFeed = await bundle('parlor.ts', 'feed/feed.ts')
  const withFiles = await bundle('parlor.ts', 'files/files.ts')
  const withPolls = await bundle('parlor.ts', 'polls/polls.ts')
  assert.ok(client.modules.some((path) => path.includes('engine.io-client')))
  const foreign = [...withFeed.modules, ...withFiles.modules, ...withPolls.modules].filter((path) =>
    /packages\/server|node_modules\/(?!socket\.io-parser|engine\.io|@socket\.io)/.test(path),
  )
  assert.deepEqual(foreign, [])
  assert.ok(client.size <= budgets.client, `${client.size} bytes`)
  assert.ok(withFeed.size - client.size <= budgets.feed, `${withFeed.size - client.size} bytes`)
  assert.ok(withFiles.size - client.size <= budgets.files, `${withFiles.size - client.size} bytes`)
  assert.ok(withPolls.size - client.size <= budgets.polls, `${withPolls.size - client.size} bytes`)
})
