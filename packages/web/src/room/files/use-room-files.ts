import type { ActionOutput, Room } from '@parlor/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { type Failure, useTask } from '../../failure.ts'
import { useStoreByFrame } from '../../use-store.ts'

export type FilesKind = 'media' | 'audio' | 'file'
type Page = ActionOutput<'messages.files'>
export type RoomFile = Page['files'][number]

export type RoomFilesRead = {
  /** The newest message first; null until the first page is there. */
  files: readonly RoomFile[] | null
  hasMore: boolean
  busy: boolean
  failure: Failure | null
  /** Reads the next page, or again what could not be read. */
  more(): void
}

type Read = { files: readonly RoomFile[]; next: number | null }

const pageSize = 30
/** Pages that one press reads at most. */
const mostPages = 5

/** The files of a kind that were read so far; new ones are added while messages come (rule FT2). */
export function useRoomFiles(room: Room, kind: FilesKind): RoomFilesRead {
  const { session } = useApp()
  const [read, setRead] = useState<Read | null>(null)
  const newest = useNewestCarrier(room)
  const known = useRef<Read | null>(null)
  const keep = (next: Read) => {
    known.current = next
    setRead(next)
  }
  const page = (cursor: number | null) =>
    session.parlor.call('messages.files', { room_id: room.id, kind, cursor, limit: pageSize })
  const older = useTask(async () => {
    let at: Read = known.current ?? { files: [], next: null }
    // A page may hold none although there are more.
    for (let pages = 0; pages < mostPages && at.files.length === (known.current?.files.length ?? 0); pages += 1) {
      const { files, next_cursor: next } = await page(at.next)
      at = { files: [...at.files, ...files], next }
      if (next === null) break
    }
    keep(at)
  })
  const newer = useTask(async () => {
    const { files, next_cursor: next } = await page(null)
    const before = known.current
    // Of what the page covers it tells all, also what is gone; what is older stays, if nothing lies between.
    const follows = next !== null && before?.files.some(({ seq }) => seq >= next)
    const rest = follows ? before?.files.filter(({ seq }) => seq < next) : undefined
    keep(rest && before ? { files: [...files, ...rest], next: before.next } : { files, next })
  })
  useEffect(() => {
    // Several messages at once are read once.
    const timer = setTimeout(() => void newer.run(), known.current ? 500 : 0)
    return () => clearTimeout(timer)
  }, [newest])
  const failure = older.failure ?? newer.failure
  return {
    files: read?.files ?? null,
    hasMore: read !== null && read.next !== null,
    busy: older.busy || newer.busy,
    failure,
    more: () => void (read === null || newer.failure ? newer.run() : older.run()),
  }
}

/** The seq of the newest message that carries files. */
function useNewestCarrier({ messages }: Room): number {
  const { items } = useStoreByFrame(messages)
  return items.findLast(({ message }) => message.seq !== null && message.files !== undefined)?.message.seq ?? 0
}
