import type { RoomInfo } from '@parlor/client'
import { may, type RoomRole } from '@parlor/client/permissions'

/** Whether somebody with this role may create polls in the room (rule W5). */
export const mayAsk = ({ capabilities, settings }: RoomInfo, role: RoomRole): boolean =>
  capabilities.polls &&
  (settings.polls === 'everyone' || (settings.polls === 'host' && may(role, 'speak'))) &&
  may(role, 'create_poll')
