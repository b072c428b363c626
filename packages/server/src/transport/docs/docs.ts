import Fastify, { type FastifyInstance } from 'fastify'
import type { JsonObject } from './schema.ts'
import { eventsPage } from './events.ts'
import { readyFile, sendFile } from '../web/file-answer.ts'
import { pageHeaders } from '../http/headers.ts'

export type DocsDeps = {
  /** Called on the first request for the document. */
  openApi: () => JsonObject
  asyncApi: () => JsonObject
  forceHttps: boolean
  /** The path of PUBLIC_URL; '' for the root. */
  basePath: string
}

/** The reference for developers: REST at /docs, events at /docs/events. These pages load nothing from other hosts. */
export function mountDocs(app: FastifyInstance, deps: DocsDeps): void {
  const { basePath } = deps
  const json = 'application/json; charset=utf-8'
  const javascript = 'text/javascript; charset=utf-8'
  const html = 'text/html; charset=utf-8'
  // The reference sets inline styles at run time; scripts are files of this server.
  const page = { ...pageHeaders({ styles: "'self' 'unsafe-inline'", forceHttps: deps.forceHttps }), ...asked }

  /** Creates the content at the first request, and caches each of its encodings. */
  const serve = (path: string, type: string, headers: Readonly<Record<string, string>>, make: () => Content) => {
    const file = once(async () => readyFile(type, await make()))
    app.get(path, async (request, reply) => sendFile(await file(), headers, request, reply))
  }
  serve('/docs', html, page, () => referencePage(basePath))
  serve('/docs/events', html, page, () => eventsPage(deps.asyncApi(), basePath))
  serve('/docs/openapi.json', json, asked, () => JSON.stringify(deps.openApi()))
  serve('/docs/asyncapi.json', json, asked, () => JSON.stringify(deps.asyncApi()))
  serve('/docs/start.js', javascript, asked, () => startScript(basePath))
  serve('/docs/scalar.js', javascript, kept, scalarScript)
}

type Content = string | Buffer | Promise<Buffer>

const asked = { 'cache-control': 'no-cache' }
const kept = { 'cache-control': 'public, max-age=86400' }

/** Caches the result; a failure is not cached, and the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null
      throw error
    })
    return made
  }
}

/**
 * The reference's script, 4 MB. Loaded, compressed and cached only when the page is first opened. Its package provides
 * it only through a Fastify plugin, so this fetches it from an instance that serves nothing else.
 */
async function scalarScript(): Promise<Buffer> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  await using source = Fastify()
  await source.register(scalar, { routePrefix: '/reference', configuration: { url: '/docs/openapi.json' } })
  const { statusCode, rawPayload } = await source.inject('/reference/js/scalar.js')
  if (statusCode !== 200) throw new Error(`The reference's script was answered ${statusCode}`)
  return rawPayload
}

const referencePage = (basePath: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Parlor: REST</title>
  </head>
  <body>
    <div id="reference"></div>
    <script src="${basePath}/docs/scalar.js"></script>
    <script src="${basePath}/docs/start.js"></script>
  </body>
</html>
`

const startScript = (basePath: string) => `Scalar.createApiReference('#reference', ${JSON.stringify({
  url: `${basePath}/docs/openapi.json`,
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
})})
`
