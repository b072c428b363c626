import { Worker } from 'node:worker_threads'
import type { FastifyInstance } from 'fastify'
import type { JsonObject } from './schema.ts'
import { eventsPage } from './events.ts'
import { type ReadyFile, readyFile, sendFile } from '../web/file-answer.ts'
import { inBuffer, isScript } from './scalar-script.ts'
import { pageHeaders } from '../http/headers.ts'

export type DocsDeps = {
  /** Called on the first request for the document. */
  openApi: () => JsonObject | Promise<JsonObject>
  asyncApi: () => JsonObject | Promise<JsonObject>
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

  /** Creates the file at the first request, and caches each of its encodings. */
  const serveFile = (path: string, headers: Readonly<Record<string, string>>, make: () => Promise<ReadyFile>) => {
    const file = once(make)
    app.get(path, async (request, reply) => sendFile(await file(), headers, request, reply))
  }
  const serve = (path: string, type: string, headers: Readonly<Record<string, string>>, make: () => Content) =>
    serveFile(path, headers, async () => readyFile(type, await make()))
  const asyncApi = once(async () => deps.asyncApi())
  serve('/docs', html, page, () => referencePage(basePath))
  serve('/docs/events', html, page, async () => eventsPage(await asyncApi(), basePath))
  serve('/docs/openapi.json', json, asked, async () => JSON.stringify(await deps.openApi()))
  serve('/docs/asyncapi.json', json, asked, async () => JSON.stringify(await asyncApi()))
  serve('/docs/start.js', javascript, asked, () => startScript(basePath))
  serveFile('/docs/scalar.js', kept, () => scalarScript(javascript))
}

type Content = string | Promise<string>

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
 * The reference's script, 4 MB. A thread makes it when the page is first opened: that takes 200 ms, and the thread frees
 * what it loaded for it when it ends.
 */
async function scalarScript(type: string): Promise<ReadyFile> {
  const thread = new Worker(new URL('./scalar-script-worker.ts', import.meta.url))
  thread.unref()
  const made = Promise.withResolvers<ReadyFile>()
  thread.on('message', (script: unknown) => {
    if (isScript(script))
      made.resolve({ type, brotli: null, plain: inBuffer(script.plain), gzip: inBuffer(script.gzip) })
  })
  thread.on('error', (error: unknown) => made.reject(new Error('The reference could not be made', { cause: error })))
  thread.on('exit', () => made.reject(new Error('The thread that makes the reference ended')))
  return made.promise
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
