import { z } from 'zod'
import { defineActions, type EntryNamedType, plainText, tooLarge } from '../../core/contract.ts'
import { storedObject } from '../../core/stored.ts'
import { roomErrors } from '../../room/errors.ts'
import { roomId } from '../rooms/contract.ts'
import { eventBounds } from './bounds.ts'
import { eventRates } from './limits.ts'

/** Rule PE2; such a name needs no escaping on any door. */
const eventType = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'This takes 1 to 64 letters, digits and _ . : -')

const dataLimit = eventBounds.event_data.value

/** JSON nested deeper is refused: it would be too deep for the stack of whoever reads it recursively. */
const depthLimit = 100

function isDeeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return limit === 0 || Object.values(value).some((inner) => isDeeperThan(limit - 1, inner))
}

function checkData(data: unknown, check: z.RefinementCtx): void {
  const say = (message: string) => check.addIssue({ code: 'custom', path: ['data'], message })
  if (data === undefined) return say('This is required')
  if (isDeeperThan(depthLimit, data)) return say(`This is nested deeper than ${depthLimit} levels`)
  if (JSON.stringify(data).length > dataLimit) {
    check.addIssue({ ...tooLarge(dataLimit, 'characters of JSON'), path: ['data'] })
  }
}

const published = z.object({ id: z.string(), event_type: eventType, data: z.unknown() })

export const eventActions = defineActions({
  'events.publish': {
    summary: 'Sends an event of a name of its own to the event streams of the lobby, or of a room.',
    input: z
      .object({
        event_type: eventType.describe(
          'Not the name of an event of this server. Those are of lower-case letters and `_`, so a name with another character stays free.',
        ),
        data: z.unknown().describe(`Any JSON, at most ${dataLimit} characters of it and ${depthLimit} levels deep.`),
        room_id: roomId.nullish().describe('Absent: the lobby.'),
        client_id: plainText(128).nullish().describe('Chosen by the sender: it makes a retry recognizable.'),
      })
      .superRefine(({ data }, check) => checkData(data, check))
      .meta({ required: ['event_type', 'data'] }),
    output: published.pick({ id: true, event_type: true }),
    http: [{ method: 'POST', path: '/api/events/publish', status: 201 }],
    caller: 'anyone',
    scope: 'events:publish',
    limit: eventRates.publish,
    appends: true,
    errors: ['not_authenticated', 'forbidden', 'not_found', 'too_large', roomErrors.room_closed],
  },
})

/** How long a stream can resume behind an event (rule PE5). */
const kept_ms = 24 * 3600_000

export const eventPublished: EntryNamedType = {
  name: 'events.published',
  v: 1,
  summary:
    'An event that somebody published; its name on the stream is the `event_type` that they gave, its data what they gave.',
  body: published,
  payload: z.unknown(),
  audience: 'streams',
  retention_ms: kept_ms,
  history: false,
  nameIn: ({ body }) => publishedIn(body).event_type,
  encode: ({ body }) => JSON.stringify(publishedIn(body).data ?? null),
}

/** Throws for a body that is not what it should be. */
export const publishedIn = (body: string): z.output<typeof published> => published.parse(storedObject(body))
