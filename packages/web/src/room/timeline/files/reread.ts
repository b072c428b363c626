import type { Message, Parlor, StoredFile } from '@parlor/client'
import type { Carrier } from '../../viewer/slides.ts'

/** The file as its message carries it now, with links that work again; null: it does not carry it any more. */
export type Reread = (file: StoredFile, message: Carrier) => Promise<StoredFile | null>

/** Messages that are being read: the links of an album expire together. */
const reading = new WeakMap<Carrier, Promise<Message | null>>()

export const rereadWith =
  (parlor: Parlor): Reread =>
  async ({ id }, message) => {
    const read = reading.get(message) ?? readAgain(parlor, message)
    reading.set(message, read)
    try {
      return (await read)?.files?.find((each) => each.id === id) ?? null
    } finally {
      reading.delete(message)
    }
  }

async function readAgain(parlor: Parlor, { room_id, seq }: Carrier): Promise<Message | null> {
  if (seq === null) return null
  const { messages } = await parlor.call('messages.history', { room_id, before: seq + 1, limit: 1 })
  return messages.find((each) => each.seq === seq) ?? null
}
