import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { serverFeature } from '../server/feature.ts'
import { roomBounds } from './bounds.ts'
import { roomContract } from './contract.ts'
import { entryErrors } from './errors.ts'
import { roomPermissions } from './permissions/room-permissions.ts'
import { directoryProjector } from './directory/store.ts'
import { replaceHostJob, sweepWaitingJob } from './jobs.ts'
import { isModerator } from './permissions/permissions.ts'
import { createRooms } from './rooms.ts'
import { roomSlots, slotRate } from './slots.ts'
import { roomProjector } from './profile/rows.ts'
import { roomProfileMigrations } from './tables.ts'
import { userRecordProjector } from './waiting/user-records-store.ts'
import { attemptRates, ownershipLimits, roomRates } from './limits.ts'

export const roomsFeature = defineFeature({
  name: 'rooms',
  needs: { server: serverFeature, identity: identityFeature },
  contract: roomContract,
  slots: roomSlots,
  limits: ownershipLimits,
  rates: roomRates,
  errors: entryErrors,
  bounds: roomBounds,
  permissions: roomPermissions,
  migrations: roomProfileMigrations,
  jobs: [sweepWaitingJob, replaceHostJob],
  projectors: [roomProjector, userRecordProjector, directoryProjector],
  forEngine: { isModerator },
  async create(platform, { server, identity }) {
    const { config, passwords, tell } = platform
    const rooms = createRooms({
      ...platform,
      identity,
      policy: server.policy,
      added: { options: platform.roomOptions, slots: platform.slots, ownFields: platform.ownFields },
      hashing: passwords.behind,
      keys: config.keys.secret,
      publicUrl: config.publicUrl,
      limits: {
        guestRooms: config.limits.bound(ownershipLimits.guestRooms),
        rates: attemptRates(config.limits.rate),
        slots: new Map(platform.slots.map((slot) => [slot.name, config.limits.rate(slotRate(slot))])),
      },
      onMember: tell.onMember,
    })
    identity.invitations(rooms.isInvited)
    identity.readableRooms(rooms.isReadable)
    const lobby = await rooms.openLobby()
    return {
      api: { ...rooms, lobby },
      actions: rooms.actions,
      jobs: rooms.jobs,
      hooks: {
        onProfile: rooms.profileChanged,
        onUserDeleted: rooms.forgetUser,
        onPresence: rooms.onPresence,
        onCommit: rooms.onCommit,
        onRoomEvent: rooms.onEvent,
        onViewChanged: rooms.viewChanged,
      },
      forDoors: { readable: rooms.readable, publicRoomName: rooms.publicName },
      stop: rooms.stop,
    }
  },
})
