import type { Stage } from '../../../../../../../test/harness/trials/stage.ts'
import type { JsonObject } from '../../../../../../../test/harness/wire.ts'

/** A room with its host and a member. */
export async function inRoom(stage: Stage, fields?: JsonObject) {
  const host = await stage.guest('host')
  const member = await stage.guest('member')
  const { id: room_id } = await stage.room(host, fields)
  await stage.join(member, room_id)
  return { host, member, room_id }
}

export async function byOutsider(stage: Stage, input: JsonObject = {}) {
  const { room_id } = await inRoom(stage)
  return { by: await stage.guest('outsider'), input: { room_id, ...input } }
}

/** A call by the host about a user in the room. */
export async function aboutMember(stage: Stage, input: JsonObject = {}) {
  const { host, member, room_id } = await inRoom(stage)
  return { by: host, input: { room_id, user_id: member.id, ...input } }
}

/** The same call by a user without the permission. */
export async function asMember(stage: Stage, input: JsonObject = {}) {
  const { host, member, room_id } = await inRoom(stage)
  return { by: member, input: { room_id, user_id: host.id, ...input }, code: 'forbidden' }
}

export async function withWaiting(stage: Stage) {
  const host = await stage.guest('host')
  const { id: room_id } = await stage.room(host, { settings: { waiting: true } })
  const waiting = await stage.guest('waiting')
  await stage.join(waiting, room_id)
  return { by: host, input: { room_id, user_id: waiting.id } }
}

export async function attached(stage: Stage, input: JsonObject) {
  const { host, member, room_id } = await inRoom(stage)
  await stage.attach(host, room_id)
  await stage.attach(member, room_id)
  return { by: member, other: host, input: { room_id, ...input } }
}
