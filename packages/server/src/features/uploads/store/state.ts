import { z } from 'zod'
import { storedObject } from '../../../core/stored.ts'
import { cleanName, hasVisibleText } from '../../../core/text/name.ts'

const pixels = z.int().nullable()

/** What was found in a file, as it is stored with it and in the message that carries it. */
const found = z.object({
  mime_type: z.string(),
  kind: z.enum(['image', 'audio', 'video', 'file']),
  width: pixels,
  height: pixels,
  duration: z.number().nullable(),
  waveform: z.array(z.number()).nullable(),
  placeholder: z.string().nullable(),
})

const copy = z.object({ name: z.string(), mime_type: z.string(), width: z.int(), height: z.int(), size: z.int() })

/** The column `facts`. */
export const facts = found.extend({ renditions: z.array(copy.extend({ blob: z.string() })) })
export type Facts = z.infer<typeof facts>

/** A file in the body of the message that carries it. */
export const carriedFile = found.extend({
  id: z.string(),
  name: z.string(),
  size: z.int(),
  alt: z.string().nullable(),
  renditions: z.array(copy),
})
export type CarriedFile = z.infer<typeof carriedFile>

/** Before the bytes have told. */
export const noFacts: Facts = {
  ...{ mime_type: 'application/octet-stream', kind: 'file', width: null, height: null, duration: null },
  ...{ waveform: null, placeholder: null, renditions: [] },
}

/** Stored facts; those that cannot be read make a file of no known kind, which is only downloaded. */
export function readFacts(text: string): Facts {
  const parsed = facts.safeParse(storedObject(text))
  return parsed.success ? parsed.data : noFacts
}

/** UTF-16 units of a name, and of its ending. */
const nameLength = { all: 120, ending: 16 }
/** What is not seen, and may turn or hide the letters around it. */
const unseen = /\p{Cf}/gu
/** What file systems and shells take for more than a letter. */
const notInNames = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}"*/:<>?\\|]/gu

/** The name under which a file is shown and downloaded (rule UP4); `given` is any text. */
export function fileName(given: string): string {
  const last = given.slice(-4096).split(/[/\\]/).at(-1) ?? ''
  const clean = cleanName(last.replace(unseen, '').replace(notInNames, ' ')).replace(/^[.\s]+|[.\s]+$/g, '')
  if (!hasVisibleText(clean)) return 'file'
  if (clean.length <= nameLength.all) return clean
  const [ending = ''] = /\.[^.\s]+$/.exec(clean) ?? []
  const kept = ending.length <= nameLength.ending ? ending : ''
  return `${cut(clean.slice(0, clean.length - kept.length), nameLength.all - kept.length).trimEnd()}${kept}`
}

/** Not in the middle of a character. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
