import type { Parlor, StoredFile } from '@parlor/client'
import type { Carrier } from '../../viewer/slides.ts'

/** The file as its message carries it now, with links that work again; null: it does not carry it any more. */
export type Reread = (file: StoredFile, message: Carrier) => Promise<StoredFile | null>

export const rereadWith =
  (parlor: Parlor): Reread =>
  async ({ id }, { room_id, seq }) => {
    if (seq === null) return null
    const { messages } = await parlor.call('messages.history', { room_id, before: seq + 1, limit: 1 })
    const message = messages.find((each) => each.seq === seq)
    return message?.files?.find((each) => each.id === id) ?? null
  }
