import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendFile } from './file-answer.ts'
import { readWebFiles } from './files.ts'
import { packedPage, placed, plainPage, withPreview } from './page.ts'

/** Where `packages/web/build.ts` puts the app. */
export const webFolder = fileURLToPath(new URL('../../../../web/dist/', import.meta.url))

export type WebDeps = {
  /** What the build made; read once. */
  folder: string
  forceHttps: boolean
  /** PUBLIC_URL; null: it is not known. */
  publicUrl: string | null
  /** The path under which people reach the server, '' for the root. */
  basePath: string
  /** The name of a room that anyone may read; null: there is none, or non-members may not read it. */
  publicRoomName: (room_id: string, address: string) => Promise<string | null>
}

export type Web = {
  /** Adds a route for each file of the app. */
  mount(app: FastifyInstance): void
  /** Answers a path that no route has with the app if somebody goes there; null when it is not the app's to answer. */
  answerUnknown(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | FastifyReply | null
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply

/** The web app, as it was built: rules A1 to A7 of README.md. */
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

/** Ms that the page waits for the name of a room: it is there for its preview alone. */
const namePatience = 500

/** The page, with what a preview of its link shows: of a room its name if anyone may know it, else nothing (rule A7). */
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

/** Null when it takes longer or fails: a page is shown whatever the database does. */
function within(ms: number, name: Promise<string | null>): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms)
    name.then(resolve, () => resolve(null)).finally(() => clearTimeout(timer))
  })
}

/** The build names assets after their content: what a name stands for never changes. */
const forever = 'public, max-age=31536000, immutable'
const asked = 'no-cache'

/** Paths of programs. An unknown one of theirs is a 404 that a program can read. */
const programs = /^\/(api|socket\.io|docs|metrics|assets)(\/|$)/
/** Paths that the app has a page for; which others it shows as not found only a browser asks. */
const pages = /^\/(r\/[^/]+|account|rooms)\/?$/

/** Whether a page is asked for: by a browser anywhere, at the app's own paths also by who takes anything (rule A1). */
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
 * The app's page runs scripts and styles that are files of this server, and loads nothing from elsewhere: a
 * picture there would tell whoever runs that server who reads this room. It is never framed, and where a link in it leads learns nothing of the room.
 */
function pageHeadersOf({ forceHttps }: { forceHttps: boolean }): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
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
