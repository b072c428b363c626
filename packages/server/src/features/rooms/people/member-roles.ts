import type { TellUnreadable } from '../../../core/stored.ts'
import type { Member, RoomEngine } from '../../../room/types.ts'
import { isStoredRole } from '../permissions/permissions.ts'

/** The engine, whose members with an unknown role are reported when they are read; they have the rights of a guest (rule RM15). */
export function withReportedRoles<Engine extends Pick<RoomEngine, 'member' | 'members'>>(
  engine: Engine,
  tell: TellUnreadable,
): Engine {
  const look = (room: number, { user, role }: Member): void => {
    if (!isStoredRole(role)) tell({ kind: 'member', row: `room ${room} user ${user}`, why: 'role: unknown' })
  }
  return {
    ...engine,
    async member(room, user) {
      const member = await engine.member(room, user)
      if (member) look(room, member)
      return member
    },
    async members(permit, room, page) {
      const found = await engine.members(permit, room, page)
      for (const member of found.items) look(room, member)
      return found
    },
  }
}
