import { storedObject } from '../../core/stored.ts'
import { memberChanged, memberJoined, memberLanguages, memberLeft } from '../contract.ts'
import { roomErrors } from '../errors.ts'
import { areSame, readsOf } from '../languages.ts'
import { type Op, sentOutRole } from '../types.ts'
import { type Batch, mark, memberOf, put, refuse, rowOf, type Step } from './batch.ts'
import { append } from './batch-events.ts'

export function admit(step: Step, { user, role, capacity }: Extract<Op, { op: 'admit' }>) {
  const { batch, room } = step
  if (memberOf(room, user) !== null) return
  const row = rowOf(room)
  if (capacity !== null && row.member_count >= capacity) refuse(roomErrors.room_full)
  room.row = { ...row, member_count: row.member_count + 1 }
  // Whoever reads the room without being a member may have read the next seq too.
  const view_seq = batch.isModerator(role) && !createsRoom(step) ? row.last_seq + 1 : 0
  put(step, room.members, user, { user, role, joined_at: batch.now, languages: null, view_seq })
  mark(step, room.changedMembers, user)
  batch.applied.push({ kind: 'member', room: room.row, user, role })
  append(step, memberJoined, { role }, user, false)
}

export function expel(step: Step, { user, by, reason }: Extract<Op, { op: 'expel' }>) {
  const { batch, room } = step
  const member = memberOf(room, user)
  if (member === null) return
  const row = rowOf(room)
  room.row = { ...row, member_count: row.member_count - 1 }
  put(step, room.members, user, null)
  mark(step, room.changedMembers, user)
  batch.applied.push({ kind: 'member', room: room.row, user, role: null })
  append(step, memberLeft, { role: member.role, by, reason: reason ?? (by === null ? 'left' : 'removed') }, user, false)
}

export function changeRole(step: Step, { user, role, by, from }: Extract<Op, { op: 'role' }>) {
  const { batch, room } = step
  const found = memberOf(room, user)
  if (from !== undefined && found?.role !== from) return
  const member = found ?? refuse('not_found')
  if (member.role === role) return
  const isSameView = showsAs(batch, role) === showsAs(batch, member.role)
  const view_seq = isSameView ? member.view_seq : rowOf(room).last_seq + 1
  put(step, room.members, user, { ...member, role, view_seq })
  mark(step, room.changedMembers, user)
  batch.applied.push({ kind: 'member', room: rowOf(room), user, role })
  append(step, memberChanged, { role, by }, user, false)
}

/** What decides the view of a member with this role (rule V3). */
const showsAs = ({ isModerator }: Batch, role: string) =>
  role === sentOutRole ? 'nothing' : isModerator(role) ? 'moderator' : 'member'

const createsRoom = ({ call }: Step): boolean => call.ops[0]?.op === 'create'

/** Rules V2 and V3. */
export function setLanguages(step: Step, { user, user_id, languages }: Extract<Op, { op: 'languages' }>) {
  const { room } = step
  const member = memberOf(room, user) ?? refuse('not_found')
  // Fields that a newer release has stored stay (rule SD3 of the core).
  const kept = member.languages === null ? null : storedObject(member.languages)
  const text = JSON.stringify({ ...kept, ...languages })
  if (text === member.languages) return
  const isSameView = areSame(languages.reads, readsOf(member.languages))
  const view_seq = isSameView ? member.view_seq : rowOf(room).last_seq + 1
  put(step, room.members, user, { ...member, languages: text, view_seq })
  mark(step, room.changedMembers, user)
  append(step, memberLanguages, { user_id, languages }, user, false)
}
