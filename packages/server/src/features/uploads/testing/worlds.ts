import { z } from 'zod'
import type { EventType } from '../../../core/contract.ts'
import { defineFeature } from '../../feature.ts'
import type { Answer } from '../../testing/doors.ts'
import type { Backend, openFiles, World } from '../../testing/world.ts'

export const hour = 3_600_000

/** What the tests of uploads on one database share. */
export type UploadWorlds = {
  backend: Backend
  /** Where the blobs of `files` are. */
  folder: string
  files: ReturnType<typeof openFiles>
  /** A world with a new database and these files. */
  openWorld(): Promise<World>
}

/** Takes a message away, as deleting one will. */
const deleted: EventType = {
  ...{ name: 'trial.deleted', v: 1, summary: 'A message is gone', body: z.object({}), payload: z.object({}) },
  ...{ wire: () => 'trial_deleted', wires: ['trial_deleted'], audience: 'room', retention_ms: null, history: false },
  encode: () => '{}',
}
export const deletes = defineFeature({ name: 'trial', events: [deleted], create: () => ({ api: null }) })

export function redact(world: World, room_id: string, seq: number) {
  const ops = [{ op: 'redact', seq, as: deleted, body: () => ({}) } as const]
  return world.engine.commit({ room_id, actor: 0, action: 'trial.delete', client_id: null, members_only: false, ops })
}

/** The same user with a new token: an hour of the test ends the one before. */
export async function anew<Who extends { name: string; token: string }>(world: World, who: Who): Promise<Who> {
  const body = { email: `${who.name}@example.org`, password: 'an unusual password' }
  const { body: session } = await world.rest('POST', '/api/auth/login', { body })
  return { ...who, token: session.access_token }
}

export const say = (
  world: World,
  by: { token: string },
  room_id: string,
  body: object,
): Promise<{ status: number; body: Answer }> =>
  world.rest('POST', `/api/rooms/${room_id}/messages`, { token: by.token, body: { content: '', ...body } })
