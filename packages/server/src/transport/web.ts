import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendFile } from './file-answer.ts'
import { readWebFiles } from './web-files.ts'

/** Where `packages/web/build.ts` puts the app. */
export const webFolder = fileURLToPath(new URL('../../../web/dist/', import.meta.url))

export type WebDeps = {
  /** What the build made; read once. */
  folder: string
  forceHttps: boolean
}

export type Web = {
  /** Adds a route for each file of the app. */
  mount(app: FastifyInstance): void
  /** Answers a path that no route has with the app if a browser navigates there; null when it is not the app's to answer. */
  answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply | null
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** The web app, as it was built: rules A1 to A5 of README.md. */
export function createWeb({ folder, forceHttps }: WebDeps): Web {
  const files = readWebFiles(folder)
  const headers = pageHeadersOf({ forceHttps })
  const index = files.find(({ path }) => path === '/index.html')
  const page: Answer = index ? (request, reply) => sendFile(index, headers, request, reply) : answerUnbuilt
  return {
    mount(app) {
      app.get('/', page)
      for (const file of files) {
        if (file === index) continue
        const kept = { 'cache-control': file.path.startsWith('/assets/') ? forever : asked }
        app.get(file.path, (request, reply) => sendFile(file, kept, request, reply))
      }
    },
    answerUnknown: (request, reply) => (isNavigation(request) ? page(request, reply) : null),
  }
}

/** The build names assets after their content: what a name stands for never changes. */
const forever = 'public, max-age=31536000, immutable'
const asked = 'no-cache'

/** Paths of programs. An unknown one of theirs is a 404 that a program can read. */
const programs = /^\/(api|socket\.io|docs|metrics|assets)(\/|$)/

function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead && (headers.accept?.includes('text/html') ?? false) && !programs.test(url.split('?', 1)[0] ?? '')
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
