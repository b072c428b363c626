import type { Parlor } from '@parlor/client'
import { type Invite, type Lifetime, lifetimes, linkToShow } from './lifetime.ts'

/** How long a link holds that is made without a choice. */
export const usualLifetime: Lifetime = 'week'

/** The invite link of a room to share: one that there is, else a new one. `now` is in ms. */
export async function inviteToShow(parlor: Parlor, room_id: string, now: number): Promise<Invite> {
  const { items } = await parlor.call('rooms.invites', { room_id })
  return (
    linkToShow(items, now) ?? (await parlor.call('rooms.invite', { room_id, expires_in: lifetimes[usualLifetime] }))
  )
}
