import { type Action, implement } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { assertRoomOfKey } from '../../core/key-rights.ts'
import { type Bytes, implementRoutes, type Route, type RouteRequest } from '../../core/route.ts'
import type { LimitRate } from '../../core/rate.ts'
import type { Sign } from '../../core/sign.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Blobs } from '../../platform/files/files.ts'
import { elsewhere, handle, type JobHandler, type Jobs } from '../../platform/jobs/jobs.ts'
import type { LocalBuckets } from '../../platform/limiter/limiter.ts'
import type { Media } from '../../platform/media/media.ts'
import { roomErrors } from '../../room/errors.ts'
import type { RoomEngine } from '../../room/types.ts'
import type { Tell } from '../hooks.ts'
import { type Identity, routeContext } from '../identity/identity.ts'
import { lobbyId, type Rooms } from '../rooms/rooms.ts'
import { type Attaching, carriedOf, createAttaching } from './attaching.ts'
import { formBytes, type ShownFile, uploadActions, uploadRoutes } from './contract.ts'
import { createGuestBounds } from './receiving/guest-bounds.ts'
import { processJob, sweepJob } from './receiving/jobs.ts'
import { createPictures, type Pictures } from './pictures.ts'
import { createProcessing } from './receiving/processing.ts'
import { createReceiving } from './receiving/receiving.ts'
import { createResumable } from './receiving/resumable.ts'
import { createServing } from './serving.ts'
import type { UploadBounds } from './settings.ts'
import { shownFile } from './shown.ts'
import { fileName, readFacts } from './store/state.ts'
import { createUploadsStore, type FileRow } from './store/store.ts'
import { createSweeping } from './sweeping.ts'

export { shownFile } from './shown.ts'
export type { Carried } from './attaching.ts'
export type { StoredPicture } from './pictures.ts'

export type UploadsDeps = {
  db: Database
  blobs: Blobs
  media: Media
  engine: Pick<RoomEngine, 'find'>
  jobs: Pick<Jobs, 'statement' | 'wake'>
  identity: Pick<Identity, 'stored'>
  rooms: Pick<Rooms, 'readable' | 'find' | 'enterable'>
  sign: Sign
  clock: Clock
  timers: Timers
  bounds: UploadBounds
  buckets: LocalBuckets
  /** `guest_file_bytes` after the server's settings. */
  guestRate: LimitRate
  /** The path under which this server is reached, in front of its own; '' for none. */
  basePath: string
}

/** Ms after which the bytes of a file that no node has found are given up; the sweep removes the file. */
const lostAfter = 3_600_000

/** A file that another feature has the bytes of. `declared`: its size in bytes, null if it is not known. */
export type GivenFile = {
  name: string
  alt: string | null
  /** The room that it is for: the caller has checked that its user may send there. */
  room_id: string
  declared: number | null
  bytes: Bytes
}

/** What uploads offers to other features. */
export type Uploads = Pick<Attaching, 'attach'> & {
  /**
   * Stores these bytes as a file of this user for this room, and looks at it. Rejects with `too_large`, `unsupported_type`,
   * `quota_exceeded`, `storage_unavailable`, and with what `bytes` throws; then nothing is kept.
   */
  store(user: UserCaller, file: GivenFile): Promise<ShownFile>
  /** The bytes of a file that is ready, or else those of its largest smaller copy, that are at most `most`; null: there are none. */
  bytesWithin(id: string, most: number): Promise<{ bytes: Uint8Array; mime_type: string } | null>
  /** Those of these files that can be read by whoever may read their room (rule UP7). */
  stillThere(ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Removes a file that is not attached. */
  discard(id: string): Promise<void>
  readonly pictures: Pictures
}

export type MadeUploads = {
  api: Uploads
  actions: readonly Action[]
  routes: readonly Route[]
  jobs: readonly JobHandler[]
  forgetUser: Tell['onUserDeleted']
}

export function createUploads(deps: UploadsDeps): MadeUploads {
  const { rooms, clock, sign, identity } = deps
  const store = createUploadsStore(deps.db)
  const processing = createProcessing({ ...deps, store })
  const guests = createGuestBounds({ ...deps, rate: deps.guestRate, diskFree: deps.bounds.guestDiskFreeBytes })
  const receiving = createReceiving({ ...deps, store, processing, guests })
  const serving = createServing({ ...deps, store })
  const sweeping = createSweeping({ ...deps, store, processing })
  const attaching = createAttaching({ ...deps, store })

  const shown = (row: FileRow): ShownFile =>
    shownFile(carriedOf(row), row.state === 'uploading' || row.state === 'processing' ? row.state : 'ready', {
      room_id: row.seq === null ? '' : row.room_id,
      ...{ now: clock.now(), sign },
    })

  const stored = async (caller: Caller, headers: RouteRequest['headers']): Promise<UserCaller> =>
    identity.stored(caller, routeContext(headers))

  /** Rules UP12 and UP18. */
  async function assertMaySend(caller: Caller, room_id: string): Promise<void> {
    assertRoomOfKey(room_id, caller)
    const { room, member } = await rooms.enterable(caller, room_id)
    if (!member && room.id !== lobbyId) throw new AppError(roomErrors.not_a_member)
  }

  /** A file that is not attached, of the caller. */
  async function loose(id: string, caller: Caller): Promise<FileRow> {
    const { num } = requireUser(caller).user
    const row = await store.find(id)
    if (!row || num === 0 || row.owner !== num) throw new AppError('not_found')
    assertRoomOfKey(row.room_id || null, caller)
    if (row.seq !== null) throw new AppError('conflict', { text: 'The file belongs to a message' })
    return row
  }

  /**
   * Receives one file. `begin` calls its argument with the bytes; what it resolves with is known only once they have come.
   * Whatever fails, nothing is kept.
   */
  async function receive(
    user: UserCaller,
    declared: number | null,
    begin: (take: (name: string, bytes: Bytes) => Promise<void>) => Promise<{ room_id: string; alt: string | null }>,
  ): Promise<FileRow> {
    let row: FileRow | null = null
    let size = 0
    try {
      const said = await begin(async (name, bytes) => {
        row = await receiving.begin(user, { name, alt: null, room_id: '', declared })
        size = await receiving.add(row, user, 0, declared === null ? receiving.counted(row, user, bytes) : bytes)
      })
      const begun: FileRow | null = row
      if (begun === null) throw new AppError('missing_fields', { details: { required: ['file'] } })
      return await receiving.complete(begun, user, { ...said, size })
    } catch (error) {
      // Assigned in a callback, which the compiler does not follow.
      const begun = row as FileRow | null
      if (begun) await processing.remove(begun.id)
      throw error
    }
  }

  const { assertReadsRoom } = serving
  const resumable = createResumable({
    ...{ ...deps, store, receiving, processing, stored, assertMaySend, assertReadsRoom, shown },
  })
  const anyone = { allow: (): true => true }

  return {
    api: {
      attach: attaching.attach,
      pictures: createPictures({ ...deps, store, receiving, processing }),
      async store(user, { name, bytes, declared, room_id, alt }) {
        if (declared !== null) receiving.assertSize(declared)
        const row = await receive(user, declared, async (take) => {
          await take(name, bytes)
          return { room_id, alt }
        })
        return shown(row)
      },
      async bytesWithin(id, most) {
        const row = await store.find(id)
        if (row?.state !== 'ready') return null
        const { mime_type, renditions } = readFacts(row.facts)
        const all = [{ blob: row.blob, size: row.size, mime_type }, ...renditions]
        const [largest] = all.filter(({ size }) => size <= most).toSorted((one, other) => other.size - one.size)
        const blob = largest && (await deps.blobs.find(largest.blob))
        if (!largest || !blob) return null
        const chunks: Uint8Array[] = []
        for await (const chunk of blob.open()) chunks.push(chunk)
        return { bytes: Buffer.concat(chunks), mime_type: largest.mime_type }
      },
      stillThere: store.present,
      async discard(id) {
        for (const blob of await store.remove(id, { loose: true })) await deps.blobs.remove(blob)
      },
    },
    actions: implement(uploadActions, {
      'uploads.describe': {
        // Whoever does not own it finds none.
        allow: () => true,
        async run({ id, alt, name }, caller) {
          await loose(id, caller)
          const said = { ...(alt === undefined ? {} : { alt }), ...(name == null ? {} : { name: fileName(name) }) }
          if (Object.keys(said).length > 0 && !(await store.describe(id, said))) throw new AppError('conflict')
          return shown(await loose(id, caller))
        },
      },
      'uploads.delete': {
        allow: () => true,
        async run({ id }, caller) {
          await loose(id, caller)
          await processing.remove(id, { loose: true })
          return {}
        },
      },
    }),
    routes: implementRoutes(uploadRoutes, {
      'uploads.send': {
        ...anyone,
        async run(_input, caller, { body, headers }) {
          // Rule UP8. What a form declares is a bound of its file.
          const { declared } = body
          if (declared !== null) receiving.assertSize(declared - formBytes)
          const user = await stored(caller, headers)
          const row = await receive(
            user,
            declared === null ? null : Math.min(declared, receiving.most),
            async (take) => {
              const { room_id = '', alt = null } = await body.read(({ name, bytes }) => take(name, bytes))
              if (room_id === '') assertRoomOfKey(null, caller)
              else await assertMaySend(user, room_id)
              return { room_id, alt }
            },
          )
          return { json: shown(row) }
        },
      },
      'uploads.read': { ...anyone, run: ({ id }, caller) => serving.file(id, caller) },
      'uploads.readRendition': {
        ...anyone,
        run: ({ id, rendition }, caller) => serving.rendition(id, rendition, caller),
      },
      'uploads.options': { ...anyone, run: () => resumable.options() },
      'uploads.create': { ...anyone, run: (_input, caller, { headers }) => resumable.create(caller, headers) },
      'uploads.status': { ...anyone, run: ({ id }, caller, { headers }) => resumable.status(id, caller, headers) },
      'uploads.continue': {
        ...anyone,
        run: ({ id }, caller, { headers, body }) => resumable.continue(id, caller, headers, body),
      },
      'uploads.end': { ...anyone, run: ({ id }, caller, { headers }) => resumable.end(id, caller, headers) },
    }),
    jobs: [
      handle(processJob, async ({ file }) => {
        try {
          await processing.run(file)
        } catch (thrown) {
          const { code } = AppError.from(thrown)
          // Its bytes are on the disk of another node, unless they are lost.
          const row = code === 'not_found' ? await store.find(file) : null
          if (row && row.changed_at > clock.now() - lostAfter) return elsewhere
          if (code === 'not_found') return undefined
          // It was refused, and is gone: nobody waits for the answer.
          if (code !== 'too_large' && code !== 'unsupported_type') throw thrown
        }
        return undefined
      }),
      handle(sweepJob, (_payload, { signal }) => sweeping.sweep(signal)),
    ],
    forgetUser: (user, _position, most) => sweeping.forgetUser(user, most),
  }
}
