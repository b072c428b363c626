import { Json } from '../../core/json.ts'
import type { Output, RoomFacts } from '../../core/contract.ts'
import type { ReadPermit } from '../../core/fairness/read-queue.ts'
import type { Encoder } from '../../room/encode.ts'
import type { Live } from '../../room/live/live.ts'
import { createViews as createAudienceViews, memberView, sees, type View } from '../../room/audience.ts'
import { readsOf } from '../../room/languages.ts'
import { type ShownRecord, wireOf } from '../../room/encode/records.ts'
import type { Member, MemberRow, People, RoomEngine } from '../../room/types.ts'
import type { RoomActions } from './contract.ts'
import { personIn } from '../identity/contract.ts'
import { roomBounds } from './bounds.ts'
import { isModerator } from './permissions/permissions.ts'
import { closedRoomJson, isMembersOnly, type KnownRoom, roomJson } from './state.ts'
import type { ListedRoom } from './profile/rows.ts'
import type { ListedRooms } from './store.ts'

type Result<Name extends keyof RoomActions> = Json<Output<RoomActions[Name]>>

export type ViewsDeps = {
  engine: Pick<RoomEngine, 'members' | 'statePage'>
  live: Pick<Live, 'presentIn'>
  people: People
  encoder: Pick<Encoder, 'records' | 'recordItem'>
}

/** Items on a page: 50 by default. */
export const pageSize = (limit: number | null | undefined): number => Math.min(limit ?? 50, roomBounds.page.value)

export type Views = ReturnType<typeof createViews>

/** The JSON text of rooms, members and records in replies; stored profiles and values are inserted as they are. */
export function createViews({ engine, live, people, encoder }: ViewsDeps) {
  const shared = createAudienceViews()

  /** What this member (null: someone who is none) may see of a room. */
  const viewOf = (member: MemberRow | null): View =>
    member === null ? memberView : shared.of(isModerator(member.role), readsOf(member.languages))

  function room(known: KnownRoom, now: Parameters<typeof roomJson>[1]): string | Promise<string> {
    const { host } = known.profile
    if (host === 0) return roomJson(known, now, null)
    const profile = people.cached(host)
    if (profile !== undefined) return roomJson(known, now, profile)
    return people.load([host]).then((loaded) => roomJson(known, now, loaded.get(host) ?? null))
  }

  /** The rooms as items of a list. */
  async function items(listed: readonly ListedRoom[]): Promise<string[]> {
    const hosts = await people.load(listed.map(({ profile }) => profile.host))
    return listed.map((each) => {
      const { host } = each.profile
      if (each.role === null && isMembersOnly(each.profile)) return closedRoomJson(each, each)
      const json = roomJson(each, each, host === 0 ? null : (hosts.get(host) ?? null))
      return each.role === null ? json : `${json.slice(0, -1)},"me":${JSON.stringify({ role: each.role })}}`
    })
  }

  async function list({ items: listed, next_cursor }: ListedRooms): Promise<Result<'rooms.ofUser'>> {
    const rooms = await items(listed)
    return new Json(`{"items":[${rooms.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`)
  }

  /** A page of the public rooms, with how many users are present in those that are shown whole. */
  async function directory({ items: listed, next_cursor }: ListedRooms): Promise<Result<'rooms.list'>> {
    const rooms = (await items(listed)).map((json, place) => {
      const each = listed[place]
      if (!each || isMembersOnly(each.profile)) return json
      return `${json.slice(0, -1)},"online":${live.presentIn(each.num)}}`
    })
    return new Json(`{"items":[${rooms.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`)
  }

  function member({ role, joined_at }: Member, profile: string): string {
    const rest = JSON.stringify({ role, joined_at: new Date(joined_at).toISOString() })
    return `{"user":${profile},${rest.slice(1)}`
  }

  /** A page of members; `isShown` is called for each with the user's id. */
  async function members(
    permit: ReadPermit,
    num: number,
    { isShown, ...page }: { after: string | null; limit: number; isShown: (id: string) => boolean },
  ): Promise<Result<'rooms.members'>> {
    const { items, next_cursor } = await engine.members(permit, num, page)
    const profiles = await people.load(items.map(({ user }) => user))
    const rows = items.flatMap((each) => {
      const profile = profiles.get(each.user) ?? 'null'
      return isShown(personIn(profile).id) ? [member(each, profile)] : []
    })
    return new Json(`{"items":[${rows.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`)
  }

  /** Records as items of a list, to be sent now. */
  const records = (shown: readonly ShownRecord[]): string => shown.map(encoder.recordItem).join(',')

  /** A page of those records that the reader may see (rule V1 of the engine). */
  async function state(
    permit: ReadPermit,
    room: RoomFacts,
    cursor: string,
    { id: user_id, member }: { id: string; member: MemberRow | null },
  ): Promise<Result<'rooms.state'>> {
    const { epoch, seq, items, next_cursor } = await engine.statePage(permit, room.num, cursor)
    const shown = await encoder.records(room, items, 'page')
    const view = viewOf(member)
    const seen = shown.filter(({ type, audience }) => sees(view, user_id, { audience, event: wireOf(type) }))
    const rest = JSON.stringify({ epoch, seq, next_cursor })
    return new Json(`{"items":[${records(seen)}],${rest.slice(1)}`)
  }

  return { room, items, list, directory, member, members, records, state }
}
