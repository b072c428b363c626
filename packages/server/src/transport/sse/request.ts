import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { parse } from '../../core/action.ts'
import { plainText } from '../../core/contract.ts'
import { makeWellFormed } from '../../core/text/well-formed.ts'
import { bearerToken } from '../http/request.ts'

/** Proxies must neither buffer, cache nor compress a stream. */
export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'cross-origin-resource-policy': 'cross-origin',
}

const streamedRoom = plainText(128)

/** The query of `GET /api/events`. A browser's EventSource cannot set headers, so the token may be here. */
export const eventsQuery = (roomLimit: number) =>
  z.object({
    access_token: z.string().optional(),
    room_id: z.union([streamedRoom, z.array(streamedRoom).max(roomLimit)]).optional(),
    last_event_id: z.string().optional(),
    feed: z.string().optional(),
  })

export type StreamRequest = {
  token: string | null
  room_ids: readonly string[]
  lastId: string | null
  /** Whether the feed of the user's rooms is asked for, with `feed=1`. */
  feed: boolean
}

export function streamRequestOf({ headers, query }: FastifyRequest, roomLimit: number): StreamRequest {
  const { access_token, room_id, last_event_id, feed } = parse(eventsQuery(roomLimit), makeWellFormed(query))
  const given = headers['last-event-id']
  const lastId = (typeof given === 'string' ? given : '') || last_event_id
  return {
    token: bearerToken(headers) ?? (access_token || null),
    room_ids: [...new Set([room_id ?? []].flat())],
    lastId: lastId || null,
    feed: feed === '1',
  }
}
