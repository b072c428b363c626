import Fastify, { type FastifyInstance } from 'fastify'
import type { JsonObject } from './schema.ts'
import { eventsPage } from './events.ts'
import { readyFile, sendFile } from '../web/file-answer.ts'
import { pageHeaders } from '../http/headers.ts'

export type DocsDeps = {
  /** Made when they are first asked for. */
  openApi: () => JsonObject
  asyncApi: () => JsonObject
  forceHttps: boolean
  /** The path of PUBLIC_URL; '' for the root. */
  basePath: string
}

/** The reference for people: REST at /docs, events at /docs/events. Nothing on these pages comes from another host. */
export function mountDocs(app: FastifyInstance, deps: DocsDeps): void {
  const { basePath } = deps
  const json = 'application/json; charset=utf-8'
  const javascript = 'text/javascript; charset=utf-8'
  const html = 'text/html; charset=utf-8'
  // The reference sets its styles at run time; scripts stay files of this server.
  const page = { ...pageHeaders({ styles: "'self' 'unsafe-inline'", forceHttps: deps.forceHttps }), ...asked }

  /** Made when it is first asked for, and kept in each form that it is sent in. */
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

/** One that failed is made again for who asks next. */
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
 * The reference's script, 4 MB, kept (packed too) only after someone looked at the page. Its package hands it out through a
 * Fastify plugin alone, so it is fetched from an instance that serves nothing else.
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
