import type { TestContext } from 'node:test'
import type { Blobs } from '../../../platform/files/files.ts'
import type { Answer } from '../../testing/doors.ts'
import type { World } from '../../testing/world.ts'
import { openDoor } from '../../uploads/testing/door.ts'

export const hour = 3_600_000

export async function allBlobs(blobs: Blobs): Promise<string[]> {
  const found: string[] = []
  for await (const { id } of blobs.unchangedSince(Date.now() + hour)) found.push(id)
  return found
}

export async function sweep(world: World, job: { name: string }): Promise<void> {
  await world.settled()
  const handler = world.jobs.find(({ type }) => type.name === job.name)
  const run = { id: '', run: 0, shown: false }
  const { signal } = new AbortController()
  await handler?.run({}, { id: '', run, room: 0, user: 0, failures: 0, signal, progress: () => undefined })
}

/** A door, with how a picture is sent through it: as `avatar` for oneself, as `picture` for a room. */
export async function doorOf(t: TestContext, world: World) {
  const door = await openDoor(t, world)
  const formOf = (field: string, bytes: Uint8Array | string) => {
    const body = new FormData()
    body.append(field, new Blob([Buffer.from(bytes)]), 'a.png')
    return body
  }
  return {
    ...door,
    own: (by: { token: string }, bytes: Uint8Array | string, field = 'avatar') =>
      door.ask('POST', '/api/upload-avatar', { by, body: formOf(field, bytes) }),
    ofRoom: (by: { token: string } | null, path: string, bytes: Uint8Array | string, field = 'picture') =>
      door.ask('PUT', `${path}/picture`, { by, body: formOf(field, bytes) }),
  }
}

export const outcome = ({ status, body }: { status: number; body: Answer }) =>
  status < 300 ? status : `${status} ${body.code}`
export const usage = async ({ db }: World) =>
  (await db.all({ sql: "SELECT bytes, files FROM file_usage WHERE scope = 'user'", parameters: [] }))[0]
