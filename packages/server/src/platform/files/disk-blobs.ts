import { randomBytes } from 'node:crypto'
import type { StatsFs } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../core/error.ts'
import type { ByteRange, Bytes } from '../../core/route.ts'
import { createDiskTurns } from './disk-turns.ts'
import { type Blobs, isBlobId, type StoredBlob } from './files.ts'

/** Bytes after which a file is made durable and the disk's room is looked at again. */
const stride = 8 * 1024 * 1024
/** Bytes of a read. */
const readBytes = 128 * 1024
/** Room that blobs leave on the disk for the database: this much, or a share of a small disk. */
const reserve = { bytes: 512 * 1024 * 1024, share: 1 / 8 }

/**
 * Calls of the disk that run at once, of the four threads that Node has for them. Reads and writes have a turn of their own, so
 * that they do not wait behind syncs, which take longest.
 */
const atOnce = { syncs: 2, transfers: 1 }

const failures = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EFBIG'])

/** Blobs as files in a folder of the data folder: `arriving/<id>`, then `<the id's first two letters>/<id>`. */
export async function createDiskBlobs(folder: string): Promise<Blobs> {
  const arrivals = join(folder, 'arriving')
  await mkdir(arrivals, { recursive: true, mode: 0o700 })
  /** Arrivals that are added to now, in this process, which alone has the folder; aborted when they are removed. */
  const busy = new Map<string, AbortController>()
  const [syncing, transferring] = [createDiskTurns(atOnce.syncs), createDiskTurns(atOnce.transfers)]
  const arrivalAt = (id: string) => join(arrivals, id)
  const shelfOf = (id: string) => join(folder, id.slice(0, 2).toLowerCase())
  const blobAt = (id: string) => join(shelfOf(id), id)

  async function append(id: string, offset: number, bytes: Bytes, removed: AbortSignal): Promise<number> {
    const size = await sizeAt(arrivalAt(id))
    if (size === null) throw new AppError('not_found')
    if (size !== offset) throw new AppError('conflict')
    const file = await open(arrivalAt(id), 'r+')
    try {
      return await write(file, offset, bytes, removed)
    } finally {
      await file.close()
    }
  }

  /** Writes at the end of the file; what is written is durable also when `bytes` throws. */
  async function write(file: FileHandle, offset: number, bytes: Bytes, removed: AbortSignal): Promise<number> {
    let [at, synced] = [offset, offset]
    await mustHaveRoom(folder)
    try {
      for await (const chunk of untilRemoved(bytes, removed)) {
        await transferring(() => file.write(chunk, 0, chunk.length, at))
        at += chunk.length
        if (at - synced < stride) continue
        await syncing(() => file.datasync())
        synced = at
        await mustHaveRoom(folder)
      }
    } finally {
      await syncing(() => file.datasync())
    }
    return at
  }

  async function* read(path: string, { first, last }: ByteRange): Bytes {
    const file = await open(path, 'r')
    try {
      for (let at = first; at <= last; ) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, last + 1 - at))
        const { bytesRead } = await transferring(() => file.read(buffer, 0, buffer.length, at))
        if (bytesRead === 0) return
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }

  /** A new name in a folder survives a power cut once the folder is on disk too; some systems cannot do that for folders. */
  async function syncFolder(path: string): Promise<void> {
    const opened = await open(path, 'r')
    try {
      await syncing(() => opened.sync()).catch(() => undefined)
    } finally {
      await opened.close()
    }
  }

  return {
    begin: orUnavailable(async () => {
      const id = randomBytes(16).toString('base64url')
      const file = await open(arrivalAt(id), 'wx', 0o600)
      await file.close()
      return id
    }),
    arrived: orUnavailable(async (id: string) => (isBlobId(id) ? sizeAt(arrivalAt(id)) : null)),
    append: orUnavailable(async (id: string, offset: number, bytes: Bytes) => {
      if (!isBlobId(id)) throw new AppError('not_found')
      if (busy.has(id)) throw new AppError('conflict')
      const removed = new AbortController()
      busy.set(id, removed)
      try {
        return await append(id, offset, bytes, removed.signal)
      } finally {
        busy.delete(id)
      }
    }),
    finish: orUnavailable(async (id: string) => {
      if (!isBlobId(id) || (await sizeAt(arrivalAt(id))) === null) throw new AppError('not_found')
      if (busy.has(id)) throw new AppError('conflict')
      await mkdir(shelfOf(id), { recursive: true, mode: 0o700 })
      await rename(arrivalAt(id), blobAt(id))
      await syncFolder(shelfOf(id))
      await syncFolder(folder)
    }),
    find: orUnavailable(async (id: string): Promise<StoredBlob | null> => {
      if (!isBlobId(id)) return null
      const path = blobAt(id)
      const found = await stat(path).catch(unlessMissing)
      if (found === null) return null
      return {
        size: found.size,
        stored_at: Math.floor(found.mtimeMs),
        open: (part = { first: 0, last: found.size - 1 }) => read(path, part),
      }
    }),
    remove: orUnavailable(async (id: string) => {
      if (!isBlobId(id)) return
      busy.get(id)?.abort()
      await rm(arrivalAt(id), { force: true })
      await rm(blobAt(id), { force: true })
    }),
    space: orUnavailable(() => spaceOf(folder)),
    async *unchangedSince(before) {
      for (const shelf of await readdir(folder)) {
        for (const id of await readdir(join(folder, shelf))) {
          if (!isBlobId(id)) continue
          const found = await stat(join(folder, shelf, id)).catch(unlessMissing)
          if (found && found.mtimeMs < before) yield { id, isFinished: shelf !== 'arriving' }
        }
      }
    },
  }
}

const sizeAt = async (path: string): Promise<number | null> => stat(path).then(({ size }) => size, unlessMissing)

function unlessMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** These bytes until the signal: rejects then, also when no more of them come, and leaves them. */
async function* untilRemoved(bytes: Bytes, removed: AbortSignal): Bytes {
  let fail = (): void => undefined
  const onRemoved = () => fail()
  removed.addEventListener('abort', onRemoved)
  const chunks = bytes[Symbol.asyncIterator]()
  let isLeft = true
  try {
    for (;;) {
      // Not `Promise.race`: it would keep something of each chunk for as long as the signal is there.
      const { value, done } = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        fail = () => reject(new AppError('not_found'))
        if (removed.aborted) fail()
        else chunks.next().then(resolve, reject)
      })
      isLeft = done !== true
      if (done === true) return
      yield value
    }
  } finally {
    removed.removeEventListener('abort', onRemoved)
    const left = isLeft ? chunks.return?.() : undefined
    // What waits for a silent client ends only with its connection.
    if (removed.aborted) left?.catch(() => undefined)
    else await left
  }
}

const spaceOf = async (folder: string): Promise<Space> => spaceIn(await statfs(folder))

type Space = { free: number; size: number }

/**
 * Bytes that are free: of a disk whose inodes run out before its bytes, as many as its share of free inodes. Some file systems
 * have no fixed number of inodes and say 0.
 */
export function spaceIn({
  bavail,
  blocks,
  bsize,
  files,
  ffree,
}: Pick<StatsFs, 'bavail' | 'blocks' | 'bsize' | 'files' | 'ffree'>): Space {
  const size = blocks * bsize
  return { free: Math.min(bavail * bsize, files > 0 ? (size * ffree) / files : size), size }
}

async function mustHaveRoom(folder: string): Promise<void> {
  const { free, size } = await spaceOf(folder)
  if (free < Math.min(reserve.bytes, size * reserve.share)) throw new AppError('storage_unavailable')
}

/** The same call, whose failures of the disk become `storage_unavailable`; other errors pass, those of a given stream too. */
function orUnavailable<A extends readonly unknown[], T>(call: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return (...args) =>
    call(...args).catch((cause: unknown) => {
      throw failures.has(codeOf(cause)) ? new AppError('storage_unavailable', { cause }) : cause
    })
}
