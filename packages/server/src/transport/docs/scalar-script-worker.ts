import { parentPort } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import scalar from '@scalar/fastify-api-reference'
import Fastify from 'fastify'
import { encodedBody } from '../web/file-answer.ts'
import type { Script } from './scalar-script.ts'

/** Its package provides the script only through a Fastify plugin, so this fetches it from an instance that serves nothing else. */
async function read(): Promise<Buffer> {
  await using source = Fastify()
  await source.register(scalar, { routePrefix: '/reference', configuration: { url: '/docs/openapi.json' } })
  const { statusCode, rawPayload } = await source.inject('/reference/js/scalar.js')
  if (statusCode !== 200) throw new Error(`The reference's script was answered ${statusCode}`)
  return rawPayload
}

const plain = await read()
parentPort?.postMessage({ plain: encodedBody(plain), gzip: encodedBody(gzipSync(plain)) } satisfies Script)
