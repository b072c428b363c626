import { type Proxy, startProxy } from './proxy.ts'
import { type Server, startServer } from '../server.ts'

/** A server that reaches PostgreSQL through a proxy, with which a test stalls or cuts the database. */
export async function startBehindProxy(
  databaseUrl: string,
): Promise<AsyncDisposable & { server: Server; door: Proxy }> {
  await using opened = new AsyncDisposableStack()
  const direct = new URL(databaseUrl)
  const door = opened.use(await startProxy(Number(direct.port)))
  const through = Object.assign(new URL(direct), { port: String(door.port) }).href
  const server = opened.use(await startServer({ env: { DATABASE_URL: through } }))
  const all = opened.move()
  return { server, door, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
