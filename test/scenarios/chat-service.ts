import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { DatabaseKind } from '../harness/databases.ts'
import { ok } from '../harness/rest.ts'
import { type Server, startServer, temporaryFolder } from '../harness/server.ts'
import type { Session } from '../harness/wire.ts'
import { restByCurl } from './chat-service/by-curl.ts'
import { socketEvents } from './chat-service/by-socket.ts'

/** "Create a .env file", with its values but for REDIS_URL: Redis is not needed, and not there. */
const dotenv = `SECRET_KEY=your-secret-key-here
CELERY_BROKER_URL=redis://localhost:6379/0
CELERY_RESULT_BACKEND=redis://localhost:6379/0
CORS_ORIGINS=*
FLASK_HOST=0.0.0.0
FLASK_PORT=5000
FLASK_DEBUG=False
`

/**
 * The document of the chat service, sentence by sentence, with curl, an EventSource and a Socket.IO client that know nothing but
 * the document; each test quotes what it holds. What the document promises and Parlor does otherwise stands in
 * docs/chat-service.md.
 */
export function chatService(kind: DatabaseKind): void {
  suite(`on ${kind.name}, the document of the chat service`, { skip: kind.missing, timeout: 120_000 }, () => {
    const cleanup = new AsyncDisposableStack()
    let server: Server
    let admin = ''
    before(async () => {
      const database = cleanup.use(await kind.open())
      const folder = cleanup.use(await temporaryFolder())
      await writeFile(join(folder.path, '.env'), dotenv)
      const env = { ...database.env, PARLOR_ENV: 'development' }
      server = cleanup.use(await startServer({ dataDir: folder.path, env }))
      admin = await administrator(server)
    })
    after(() => cleanup.disposeAsync())
    const stand = () => ({ server, admin })

    test('"Create a `.env` file": settings of Celery are ignored, and the log says so', async () => {
      for (const name of ['CELERY_BROKER_URL', 'CELERY_RESULT_BACKEND']) {
        await server.log.until((line) => JSON.stringify(line).includes(name), name)
      }
      assert.ok(server.isRunning())
    })
    restByCurl(stand)
    socketEvents(stand)
  })
}

/** The document knows none: the server's log invites one. */
async function administrator({ url, log }: Server): Promise<string> {
  const line = await log.until(({ setup_url }) => setup_url !== undefined, 'the invitation')
  const token = String(line['setup_url']).split('#token=')[1] ?? ''
  const account = { email: 'ops@example.org', username: 'ops', password: 'a long walk in the rain' }
  const body = { ...account, server_name: 'Chat', registration: 'open', guests: true, lobby: true, token }
  return (await ok<Session>(url, 'POST', '/api/setup', { body })).access_token
}
