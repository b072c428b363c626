import { addressKey } from '../../../core/address-key.ts'
import type { Clock, Timers } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { Bytes } from '../../../core/route.ts'
import type { Blobs, StoredBlob } from '../../../platform/files/files.ts'
import type { Found, Media, MediaSource, Shape } from '../../../platform/media/media.ts'
import type { UploadBounds } from '../settings.ts'
import { type Facts, noFacts, readFacts } from '../store/state.ts'
import type { FileRow, UploadsStore } from '../store/store.ts'

export type ProcessingDeps = {
  store: UploadsStore
  blobs: Blobs
  media: Media
  clock: Pick<Clock, 'now'>
  timers: Timers
  bounds: UploadBounds
}

/** Ms for which an upload's answer waits (rule UP3). */
const waits = 20_000

export type Processing = ReturnType<typeof createProcessing>

/** From the bytes as they were sent to the file as it is served. */
export function createProcessing({ store, blobs, media, clock, timers, bounds }: ProcessingDeps) {
  const underWay = new Map<string, Promise<FileRow | null>>()
  const mediaBounds = {
    imageBytes: bounds.maxImageBytes,
    imagePixels: bounds.maxImagePixels,
    seconds: bounds.maxMediaSeconds,
  }

  /** `loose`: only if it is not attached. */
  async function remove(id: string, options: { loose?: boolean } = {}): Promise<void> {
    for (const blob of await store.remove(id, options)) await blobs.remove(blob)
  }

  async function put(bytes: Uint8Array): Promise<string> {
    const id = await blobs.begin()
    await blobs.append(id, 0, once(bytes))
    await blobs.finish(id)
    return id
  }

  /** What the bytes of the file are. One that is refused is removed, and its code thrown. */
  async function inspected({ id, owner, blob: of }: FileRow, address: string, shape: Shape) {
    const blob = await blobs.find(of)
    if (!blob) throw new AppError('not_found')
    const sender = { key: String(owner), address: addressKey(address) }
    const found = await media.inspect(sourceOf(blob), mediaBounds, sender, shape)
    if (found.kind !== 'refused') return found
    await remove(id)
    throw new AppError(found.why)
  }

  async function work(id: string, address: string): Promise<FileRow | null> {
    const row = await store.find(id)
    if (row?.state !== 'processing') return row
    const found = await inspected(row, address, 'whole')
    if (found.kind === 'image') await keepImage(row, found, 'ready')
    else {
      // Rule UP19: what its sender said is shown where the bytes do not tell.
      const said = found.kind === 'audio' && found.waveform === null ? { waveform: readFacts(row.facts).waveform } : {}
      const facts: Facts = { ...noFacts, ...found, ...said }
      const served = { size: row.size, charged: row.size, blob: row.blob, facts: JSON.stringify(facts) }
      await store.ready(row, clock.now(), { state: 'ready', ...served }, [row.blob])
    }
    return store.find(id)
  }

  /** Rule UP2. False: the file was removed meanwhile. */
  async function keepImage(
    row: FileRow,
    { picture, renditions, placeholder }: Extract<Found, { kind: 'image' }>,
    state: 'ready' | 'picture',
  ): Promise<boolean> {
    const stored: string[] = []
    const keep = async (bytes: Uint8Array) => {
      const blob = await put(bytes)
      stored.push(blob)
      return blob
    }
    try {
      const blob = await keep(picture.bytes)
      const facts: Facts = {
        ...{ ...noFacts, kind: 'image', placeholder, mime_type: picture.mime_type },
        ...{ width: picture.width, height: picture.height, renditions: [] },
      }
      let charged = picture.bytes.length
      for (const { bytes, ...copy } of renditions) {
        facts.renditions.push({ ...copy, size: bytes.length, blob: await keep(bytes) })
        charged += bytes.length
      }
      const served = { state, size: picture.bytes.length, charged, blob, facts: JSON.stringify(facts) }
      const isKept = await store.ready(row, clock.now(), served, stored)
      if (isKept) stored.splice(0, stored.length, row.blob)
      return isKept
    } finally {
      // The bytes as they were sent; or, if they stay, what was made of them.
      for (const blob of stored) await blobs.remove(blob)
    }
  }

  /**
   * The file once it was looked at; null: there is none. Rejects with the code of one that is refused. `address`: where it came
   * from, if that is known.
   */
  function run(id: string, address = ''): Promise<FileRow | null> {
    const running = underWay.get(id)
    if (running) return running
    const started = work(id, address).finally(() => underWay.delete(id))
    underWay.set(id, started)
    return started
  }

  async function keepPicture(row: FileRow, address: string): Promise<true> {
    const found = await inspected(row, address, 'square')
    if (found.kind !== 'image') throw new AppError('unsupported_type')
    if (!(await keepImage(row, found, 'picture'))) throw new AppError('conflict')
    return true
  }

  /** What this comes to within the time that an answer waits, null if it takes longer; who waits no longer hears of no failure. */
  async function inTime<T>(running: Promise<T>): Promise<T | null> {
    const late = Promise.withResolvers<null>()
    const cancel = timers.after(waits, () => late.resolve(null))
    running.catch(() => undefined)
    try {
      return await Promise.race([running, late.promise])
    } finally {
      cancel()
    }
  }

  return {
    run,
    remove,
    /**
     * Keeps an image that has come, but was not looked at, as the picture of a person or a room (rule UP16). Rejects with
     * `timeout` if that takes too long: whoever then removes it is not given it later.
     */
    async keepPicture(row: FileRow, address: string): Promise<void> {
      if ((await inTime(keepPicture(row, address))) === null) throw new AppError('timeout')
    },
    /** The same as `run`, as far as it came within the time that an answer waits. A job repeats what failed later. */
    awaited: async (id: string, address: string): Promise<FileRow | null> =>
      (await inTime(run(id, address))) ?? (await store.find(id)),
  }
}

async function* once(bytes: Uint8Array): Bytes {
  yield bytes
}

const sourceOf = ({ size, open }: StoredBlob): MediaSource => ({
  size,
  async read(part) {
    const chunks: Uint8Array[] = []
    for await (const chunk of open(part)) chunks.push(chunk)
    return Buffer.concat(chunks)
  },
})
