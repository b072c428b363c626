import type { Message, StoredFile, TimelineItem, UnsentMessage } from '@parlor/client'

/** The message that carries a file, as far as a file that is shown alone needs it. */
export type Carrier = Pick<Message | UnsentMessage, 'room_id' | 'seq' | 'sender' | 'created_at'>

/** A picture or video, and who sent it. */
export type Slide = { file: StoredFile; message: Carrier }

export const isSeen = ({ kind }: Pick<StoredFile, 'kind'>): boolean => kind === 'image' || kind === 'video'

/** The pictures and videos of messages, in their order. */
export const slidesOf = (items: readonly TimelineItem[]): Slide[] =>
  items.flatMap(({ message }) => (message.files ?? []).filter(isSeen).map((file) => ({ file, message })))

/**
 * The place in the list of the slide that was shown at `before`; if it is not there any more, that of the one which took
 * its place. -1: there are none.
 */
export function placeOf(slides: readonly Slide[], file_id: string, before: number): number {
  const at = slides.findIndex(({ file }) => file.id === file_id)
  return at >= 0 ? at : Math.min(before, slides.length - 1)
}
