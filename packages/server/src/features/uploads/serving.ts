import type { AnyCaller } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import { assertRoomOfKey } from '../../core/key-rights.ts'
import type { RouteAnswer } from '../../core/route.ts'
import type { Blobs } from '../../platform/files/files.ts'
import type { RoomEngine } from '../../room/types.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { uploadErrors } from './errors.ts'
import { type Facts, readFacts } from './store/state.ts'
import type { FileRow, UploadsStore } from './store/store.ts'

export type ServingDeps = {
  store: Pick<UploadsStore, 'findOfPresent'>
  blobs: Pick<Blobs, 'find'>
  rooms: Pick<Rooms, 'readable' | 'find'>
  engine: Pick<RoomEngine, 'find'>
}

/** Who may read a file, and how it is answered (rules UP5, UP6). */
export function createServing({ store, blobs, rooms, engine }: ServingDeps) {
  /** The file, if the caller may read it; else throws, mostly `not_found`. */
  async function readable(id: string, caller: AnyCaller): Promise<FileRow> {
    const row = await store.findOfPresent(id)
    if (!row) throw new AppError('not_found')
    if (row.seq === null) return ownOrLinked(row, caller)
    await assertReadsRoom(row, caller)
    return row
  }

  /** Of an attached file. */
  async function assertReadsRoom({ room_id }: FileRow, caller: AnyCaller): Promise<void> {
    assertRoomOfKey(room_id, caller)
    const isThere = (await rooms.find(room_id)) !== null && (await engine.find(room_id))?.closed_at === null
    if (!isThere) throw new AppError('not_found')
    if (caller.kind !== 'link') await rooms.readable(caller, room_id)
    else if (caller.room_id !== room_id) throw new AppError('not_found')
  }

  function ownOrLinked(row: FileRow, caller: AnyCaller): FileRow {
    const isOwn = caller.kind === 'user' && caller.user.num !== 0 && caller.user.num === row.owner
    const isLinked = caller.kind === 'link' && caller.room_id === ''
    if (!isOwn && !isLinked) throw new AppError('not_found')
    assertRoomOfKey(row.room_id || null, caller)
    if (row.state !== 'ready') throw new AppError(uploadErrors.file_not_ready)
    return row
  }

  async function answer(
    row: FileRow,
    { blob, mime_type }: { blob: string; mime_type: string },
    kind: Facts['kind'],
  ): Promise<RouteAnswer> {
    const stored = await blobs.find(blob)
    if (!stored) throw new AppError('not_found')
    const isShown = kind !== 'file'
    return {
      headers: {
        'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encoded(row.name)}`,
        'content-security-policy': "default-src 'none';sandbox",
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'private, max-age=3600',
      },
      blob: {
        size: stored.size,
        type: isShown ? mime_type : 'application/octet-stream',
        etag: `"${blob}"`,
        modified: stored.stored_at,
        open: stored.open,
      },
    }
  }

  return {
    assertReadsRoom,
    async file(id: string, caller: AnyCaller): Promise<RouteAnswer> {
      const row = await readable(id, caller)
      const { mime_type, kind } = readFacts(row.facts)
      return answer(row, { blob: row.blob, mime_type }, kind)
    },
    async rendition(id: string, name: string, caller: AnyCaller): Promise<RouteAnswer> {
      const row = await readable(id, caller)
      const { kind, renditions } = readFacts(row.facts)
      const copy = renditions.find((each) => each.name === name)
      if (!copy) throw new AppError('not_found')
      return answer(row, copy, kind)
    },
  }
}

/** RFC 8187: what encodeURIComponent leaves and a header's value may not hold. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
