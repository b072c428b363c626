import type { Figures } from './check.ts'
import type { Context } from './measure/context.ts'
import { measureIdle } from './measure/idle.ts'
import { measureLoad, type RoomLoad } from './measure/load.ts'
import { measureRest } from './measure/rest.ts'
import { measureStalled } from './measure/stalled.ts'
import { measureStart } from './measure/start.ts'
import { startBareRoute } from './peers/bare-route.ts'
import { startParlor } from './peers/parlor.ts'
import type { Peer } from './peers/peer.ts'
import { startStock } from './peers/stock.ts'

/** One measurement of Parlor and, right after it, one of its peer; null where only Parlor's own figure is asked for. */
export type Pair = { parlor: Figures; peer: Figures | null }

/** Each measurement has a server of its own, started for it. */
export type MeasurePair = (context: Context) => Promise<Pair>

export const roomPair = (load: RoomLoad): MeasurePair =>
  againstStock((server, context) => measureLoad(server, load, context))

export const idlePair = (connections: number): MeasurePair =>
  againstStock((server, context) => measureIdle(server, connections, context))

export const stalledPair: MeasurePair = againstStock(measureStalled)

export async function startPair(): Promise<Pair> {
  return { parlor: await measureStart(), peer: null }
}

function againstStock(measure: (server: Peer, context: Context) => Promise<Figures>): MeasurePair {
  return async (context) => ({
    parlor: await using(startParlor({ profileTo: context.profileTo }), (server) => measure(server, context)),
    peer: await using(startStock(), (server) => measure(server, context)),
  })
}

/** A bare Fastify route answers the body that Parlor answered. */
export async function restPair(context: Context): Promise<Pair> {
  const { body, figures } = await using(
    startParlor({ logLevel: 'info', profileTo: context.profileTo }),
    async (server) => {
      const [room = ''] = await server.makeRooms(1)
      const path = `/api/rooms/${room}`
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        headers: { authorization: `Bearer ${server.token}` },
      })
      return { body: await answer.text(), figures: await measureRest(server, path, server.token, context) }
    },
  )
  const bare = await using(startBareRoute(body), (server) => measureRest(server, '/api/rooms/any', 'none', context))
  return { parlor: figures, peer: bare }
}

/** Stops the server whatever came of it; a failure tells what the server said last. */
async function using<Server extends { lastWords(): string; stop(): Promise<void> }, Result>(
  starting: Promise<Server>,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await starting
  try {
    return await work(server)
  } catch (cause) {
    throw new Error(`the measurement failed; the server's last words: ${server.lastWords() || 'none'}`, { cause })
  } finally {
    await server.stop()
  }
}
