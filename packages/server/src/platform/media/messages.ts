import { z } from 'zod'
import type { Found } from './media.ts'

const bounds = z.object({ imageBytes: z.number(), imagePixels: z.number(), seconds: z.number() })
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

/** What the server tells its child: a file to inspect, and the parts of it that the child asked for (null: it cannot be read). */
export const toChild = z.discriminatedUnion('say', [
  z.object({ say: z.literal('inspect'), size: z.number(), bounds, shape: z.enum(['whole', 'square']) }),
  z.object({ say: z.literal('part'), ask: z.number(), bytes: bytes.nullable() }),
])

const size = z.int().nonnegative()
const picture = z.object({ mime_type: z.string(), width: size, height: size, bytes })

const found: z.ZodType<Found> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('image'),
    picture,
    renditions: z.array(picture.extend({ name: z.string() })),
    placeholder: z.string(),
  }),
  z.object({
    kind: z.enum(['audio', 'video']),
    mime_type: z.string(),
    width: size.nullable(),
    height: size.nullable(),
    duration: z.number().nullable(),
    waveform: z.array(z.number()).nullable(),
  }),
  z.object({ kind: z.literal('file'), mime_type: z.string() }),
  z.object({ kind: z.literal('refused'), why: z.enum(['too_large', 'unsupported_type']) }),
])

/** What the child tells the server. */
export const toServer = z.discriminatedUnion('say', [
  z.object({ say: z.literal('read'), ask: z.number(), first: size, last: size }),
  z.object({ say: z.literal('found'), found }),
])

export type ToChild = z.infer<typeof toChild>
export type ToServer = z.infer<typeof toServer>
