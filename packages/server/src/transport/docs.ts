import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'
import Fastify, { type FastifyInstance } from 'fastify'
import type { JsonObject } from './docs-schema.ts'
import { eventsPage } from './docs-events.ts'
import { pageHeaders } from './http-headers.ts'

export type DocsDeps = {
  /** Made when they are first asked for. */
  openApi: () => JsonObject
  asyncApi: () => JsonObject
  forceHttps: boolean
}

/** The reference for people: REST at /docs, events at /docs/events. Nothing on these pages comes from another host. */
export function mountDocs(app: FastifyInstance, deps: DocsDeps): void {
  const openApi = once(() => JSON.stringify(deps.openApi()))
  const asyncApi = once(() => JSON.stringify(deps.asyncApi()))
  const events = once(() => eventsPage(deps.asyncApi()))
  const script = once(scalarScript)
  // The reference sets its styles at run time; scripts stay files of this server.
  const page = pageHeaders({ styles: "'self' 'unsafe-inline'", forceHttps: deps.forceHttps })
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const javascript = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=86400' }

  app.get('/docs', (_request, reply) => reply.headers(page).send(referencePage))
  app.get('/docs/events', (_request, reply) => reply.headers(page).send(events()))
  app.get('/docs/openapi.json', (_request, reply) => reply.headers(json).send(openApi()))
  app.get('/docs/asyncapi.json', (_request, reply) => reply.headers(json).send(asyncApi()))
  app.get('/docs/start.js', (_request, reply) => reply.headers(javascript).send(startScript))
  app.get('/docs/scalar.js', async (request, reply) => {
    const packed = await script()
    reply.headers({ ...javascript, vary: 'Accept-Encoding' })
    if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
      return reply.header('content-encoding', 'gzip').send(packed)
    return reply.send(gunzipSync(packed))
  })
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => (made ??= { value: make() }).value
}

/**
 * The reference's script, 4 MB, kept packed and only after someone looked at the page. Its package hands it out through a
 * Fastify plugin alone, so it is fetched from an instance that serves nothing else.
 */
async function scalarScript(): Promise<Buffer> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  await using source = Fastify()
  await source.register(scalar, { routePrefix: '/reference', configuration: { url: '/docs/openapi.json' } })
  const { statusCode, rawPayload } = await source.inject('/reference/js/scalar.js')
  if (statusCode !== 200) throw new Error(`The reference's script was answered ${statusCode}`)
  return promisify(gzip)(rawPayload)
}

const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Parlor: REST</title>
  </head>
  <body>
    <div id="reference"></div>
    <script src="/docs/scalar.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

const startScript = `Scalar.createApiReference('#reference', ${JSON.stringify({
  url: '/docs/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
})})
`
