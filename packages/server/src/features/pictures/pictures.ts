import { implement } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { pictureId, pictureUrl } from '../../core/picture-url.ts'
import { implementRoutes, type IncomingForm, type RouteAnswer } from '../../core/route.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Blobs } from '../../platform/files/files.ts'
import { handle } from '../../platform/jobs/jobs.ts'
import type { Made } from '../feature.ts'
import { type Identity, routeContext } from '../identity/identity.ts'
import { roomPermissions } from '../rooms/contract.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { StoredPicture, Uploads } from '../uploads/uploads.ts'
import { pictureBounds } from './bounds.ts'
import { pictureActions, pictureRoutes } from './contract.ts'
import { sweepPicturesJob } from './jobs.ts'
import { createPicturesStore } from './store.ts'

export type PicturesDeps = {
  db: Database
  blobs: Pick<Blobs, 'find'>
  clock: Pick<Clock, 'now'>
  identity: Pick<Identity, 'stored' | 'setPicture' | 'picturesGone'>
  rooms: Pick<Rooms, 'may' | 'setPicture' | 'picturesOf'>
  uploads: Pick<Uploads, 'pictures'>
}

/** Ms for which the sweep leaves a picture alone that nobody has yet. */
const settles = 3_600_000
/** Pictures that the sweep looks at together. */
const part = 100

const headers = {
  'content-disposition': 'inline',
  'content-security-policy': "default-src 'none';sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  // Not for ever: who takes a picture away may expect that caches forget it.
  'cache-control': 'public, max-age=604800, immutable',
}

export function createPictures({ db, blobs, clock, identity, rooms, uploads }: PicturesDeps): Made<null> {
  const store = createPicturesStore(db)
  const { pictures } = uploads

  /**
   * Removes a picture that is no longer used. The change that took it away stands, so a failure is not that of its call: what is
   * left is removed by the sweeps.
   */
  const removeAt = (url: string): Promise<void> => pictures.remove(pictureId(url)).catch(() => undefined)
  identity.picturesGone(removeAt)

  /** Those of these pictures that a person or a room has (rule PC6). */
  async function shownOf(some: readonly StoredPicture[]): Promise<StoredPicture[]> {
    const ofRooms = await rooms.picturesOf(some.filter(isOfRoom).map(({ room_id }) => room_id))
    const ofUsers = await store.ofUsers(some.filter((each) => !isOfRoom(each)).map(({ owner }) => owner))
    return some.filter((each) => {
      const shown = isOfRoom(each) ? ofRooms.get(each.room_id) : ofUsers.get(each.owner)
      return shown === pictureUrl(each.id)
    })
  }

  /** Removes these pictures, but for those that a person or a room has. */
  async function removeNobodys(some: readonly StoredPicture[]): Promise<void> {
    const shown = new Set(await shownOf(some))
    for (const each of some) if (!shown.has(each)) await pictures.remove(each.id)
  }

  async function read(id: string, size: string): Promise<RouteAnswer> {
    const found = await pictures.find(id)
    const [picture] = found ? await shownOf([found]) : []
    const copy = picture?.copies.find(({ name }) => name === size) ?? picture?.copies[0]
    const blob = copy && (await blobs.find(copy.blob))
    if (!copy || !blob) throw new AppError('not_found')
    const { size: bytes, stored_at, open } = blob
    return { headers, blob: { size: bytes, type: copy.mime_type, etag: `"${copy.blob}"`, modified: stored_at, open } }
  }

  /** Receives the image of a form and has `give` say whose it is; if that is refused, nothing is kept. */
  async function receive(
    user: UserCaller,
    room_id: string,
    { declared, read: readForm }: IncomingForm,
    give: (url: string) => Promise<void>,
  ): Promise<string> {
    const most = pictureBounds.picture_bytes.value
    const id = await pictures.keep(user, { room_id, declared, most }, (take) => readForm(({ bytes }) => take(bytes)))
    if (id === null) throw new AppError('missing_fields', { details: { required: ['file'] } })
    try {
      await give(pictureUrl(id))
    } catch (error) {
      // The change may stand although its answer was lost. What cannot be told now is left to the sweep.
      const given = await pictures.find(id).catch(() => null)
      if (given) await removeNobodys([given]).catch(() => undefined)
      throw error
    }
    return pictureUrl(id)
  }

  /** Gives a room this picture, or none, and removes the one that it had. */
  async function setOfRoom(caller: Caller, room_id: string, url: string | null): Promise<void> {
    const before = await rooms.setPicture(caller, room_id, url)
    if (before !== null) await removeAt(before)
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    const before = clock.now() - settles
    let last: string | undefined = ''
    while (last !== undefined) {
      signal.throwIfAborted()
      const some = await pictures.page(last, before, part)
      await removeNobodys(some)
      last = some.at(-1)?.id
    }
  }

  const anyone = { allow: (): true => true }

  return {
    api: null,
    actions: implement(pictureActions, {
      'pictures.removeOfRoom': {
        allow: rooms.may(roomPermissions.settings),
        async run({ room_id }, caller) {
          await setOfRoom(caller, room_id, null)
          return { room_id, picture_url: null }
        },
      },
    }),
    routes: implementRoutes(pictureRoutes, {
      'pictures.setOwn': {
        ...anyone,
        async run(_input, caller, { body, headers: sent }) {
          const user = await identity.stored(caller, routeContext(sent))
          const avatar_url = await receive(user, '', body, (url) => identity.setPicture(user, url))
          return { json: { avatar_url } }
        },
      },
      'pictures.setOfRoom': {
        allow: rooms.may(roomPermissions.settings),
        async run({ room_id }, caller, { body }) {
          const give = (url: string) => setOfRoom(caller, room_id, url)
          return { json: { room_id, picture_url: await receive(requireUser(caller), room_id, body, give) } }
        },
      },
      'pictures.read': { ...anyone, run: ({ id }) => read(id, '') },
      'pictures.readSmaller': { ...anyone, run: ({ id, size }) => read(id, size) },
    }),
    jobs: [handle(sweepPicturesJob, (_payload, { signal }) => sweep(signal))],
  }
}

const isOfRoom = ({ room_id }: StoredPicture): boolean => room_id !== ''
