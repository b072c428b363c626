import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendFile } from './file-answer.ts'
import { readWebFiles } from './files.ts'
import { packedPage, placed, plainPage, withPreview } from './page.ts'

/** The folder in which `packages/web/build.ts` puts the app. */
export const webFolder = fileURLToPath(new URL('../../../../web/dist/', import.meta.url))

export type WebDeps = {
  /** The folder with the build; read once. */
  folder: string
  forceHttps: boolean
  /** PUBLIC_URL; null: unknown. */
  publicUrl: string | null
  /** The path of PUBLIC_URL, '' for the root. */
  basePath: string
  /** The name of a room that anyone may read; null: there is no such room, or it is only for members. */
  publicRoomName: (room_id: string, address: string) => Promise<string | null>
}

export type Web = {
  /** Adds a route for each file of the app. */
  mount(app: FastifyInstance): void
  /** Serves the app at a path without a route if a browser requests a page; null if the app should not answer. */
  answerUnknown(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | FastifyReply | null
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply

/** Serves the built web app: rules A1 to A7 of README.md. */
export function createWeb(deps: WebDeps): Web {
  const files = readWebFiles(deps.folder)
  const index = files.find(({ path }) => path === '/index.html')
  const page = index ? createPage(index.plain.body.toString(), deps) : answerUnbuilt
  return {
    mount(app) {
      app.get('/', page)
      for (const file of files) {
        if (file === index) continue
        const kept = { 'cache-control': file.path.startsWith('/assets/') ? forever : asked }
        app.get(file.path, (request, reply) => sendFile(file, kept, request, reply))
      }
    },
    answerUnknown: (request, reply) => (isForPeople(request) ? page(request, reply) : null),
  }
}

/** Ms to wait for a room's name, which only the preview needs. */
const namePatience = 500

/** The page with its link preview: the room's name if anyone may know it, else nothing (rule A7). */
function createPage(built: string, { forceHttps, publicUrl, basePath, publicRoomName }: WebDeps): Answer {
  const headers = pageHeadersOf({ forceHttps })
  const html = placed(built, basePath)
  const description = 'Rooms that people share: open one, send the link, talk.'
  const common = packedPage(withPreview(html, { title: 'Parlor', description, url: publicUrl }))
  return async (request, reply) => {
    const room_id = roomOf(request.url)
    if (room_id === null) return sendFile(common, headers, request, reply)
    const name = await within(namePatience, publicRoomName(room_id, request.address))
    const url = publicUrl === null ? null : `${publicUrl}/r/${encodeURIComponent(room_id)}`
    const preview =
      name === null
        ? { title: 'Parlor', description: 'A room. Open the link to come in.', url }
        : { title: name, description: 'A room on Parlor. Open the link to come in.', url }
    return sendFile(plainPage(withPreview(html, preview)), headers, request, reply)
  }
}

/** Null on a timeout or failure: the page is served even if the database does not answer. */
function within(ms: number, name: Promise<string | null>): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms)
    name.then(resolve, () => resolve(null)).finally(() => clearTimeout(timer))
  })
}

/** Asset names contain a hash of the content, so the content under a name never changes. */
const forever = 'public, max-age=31536000, immutable'
const asked = 'no-cache'

/** Paths for programs: an unknown one is a JSON 404. */
const programs = /^\/(api|socket\.io|docs|metrics|assets)(\/|$)/
/** Paths with a page of the app. Any other path gets the app, with its "not found" page, only for browsers. */
const pages = /^\/(r\/[^/]+|account|rooms|setup)\/?$/

/**
 * Whether to answer with the page: to browsers at any path, and at the app's own paths also to clients that accept
 * anything (rule A1).
 */
function isForPeople({ method, url, headers }: FastifyRequest): boolean {
  const path = pathOf(url)
  if ((method !== 'GET' && method !== 'HEAD') || programs.test(path)) return false
  const accepted = headers.accept ?? '*/*'
  return accepted.includes('text/html') || (pages.test(path) && /(\*|text)\/\*/.test(accepted))
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''

function roomOf(url: string): string | null {
  const part = /^\/r\/([^/]+)\/?$/.exec(pathOf(url))?.[1]
  try {
    return part === undefined ? null : decodeURIComponent(part)
  } catch {
    return null
  }
}

/**
 * The app's page runs only scripts and styles from this server, and loads nothing from other hosts: a remote picture
 * would tell its host who reads this room. It cannot be framed, and links send no referrer.
 */
function pageHeadersOf({ forceHttps }: { forceHttps: boolean }): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(forceHttps ? ['upgrade-insecure-requests'] : []),
  ]
  return {
    'cache-control': asked,
    'content-security-policy': policy.join(';'),
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  }
}

const answerUnbuilt: Answer = (_request, reply) =>
  reply
    .code(503)
    .header('content-type', 'text/plain; charset=utf-8')
    .send(
      'The web app is not built. Run "npm start", which builds it, or "node packages/web/build.ts" and start again.\n',
    )
