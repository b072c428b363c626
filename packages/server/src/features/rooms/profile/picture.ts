import { type Caller, requireUser } from '../../../core/caller.ts'
import { needs } from '../permissions/permissions.ts'
import { roomPermissions } from '../permissions/room-permissions.ts'
import { pictured } from '../state.ts'
import type { Catalog } from './catalog.ts'
import { revised } from './updates.ts'

/**
 * Gives a room this picture of the server, null: none, and resolves with the one that it had (rule RM16). Rejects as changing
 * its name does.
 */
export type SetPicture = (caller: Caller, room_id: string, picture_url: string | null) => Promise<string | null>

export const createSetPicture =
  ({ catalog }: { catalog: Pick<Catalog, 'commit'> }): SetPicture =>
  async (caller, room_id, picture_url) => {
    const { num: actor, id } = requireUser(caller).user
    let before: string | null = null
    await catalog.commit(room_id, null, ({ profile }) => {
      before = profile.picture_url
      const ops = [needs(roomPermissions.settings, profile), ...revised(pictured(profile, picture_url), id, profile)]
      return { actor, action: 'rooms.setPicture', client_id: null, members_only: true, ops }
    })
    return before
  }
