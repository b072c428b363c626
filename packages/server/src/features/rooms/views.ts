import { Json } from '../../core/json.ts'
import type { Output } from '../../core/contract.ts'
import type { Encoder } from '../../room/encode.ts'
import type { Member, People, RecordRow, RoomEngine } from '../../room/types.ts'
import type { roomActions } from './contract.ts'
import { isModerator, type KnownRoom, roomJson } from './state.ts'
import type { ListedRooms } from './store.ts'

type Result<Name extends keyof typeof roomActions> = Json<Output<(typeof roomActions)[Name]>>

export type ViewsDeps = {
  engine: Pick<RoomEngine, 'members' | 'statePage'>
  people: People
  encoder: Pick<Encoder, 'recordAudience'>
}

export type Views = ReturnType<typeof createViews>

/** Rooms, members and records as replies show them: JSON texts, into which profiles and values go as they are kept. */
export function createViews({ engine, people, encoder }: ViewsDeps) {
  function room(known: KnownRoom, now: Parameters<typeof roomJson>[1]): string | Promise<string> {
    if (known.host === 0) return roomJson(known, now, null)
    const host = people.cached(known.host)
    if (host !== undefined) return roomJson(known, now, host)
    return people.load([known.host]).then((loaded) => roomJson(known, now, loaded.get(known.host) ?? null))
  }

  async function list({ items, next_cursor }: ListedRooms): Promise<Result<'rooms.list'>> {
    const hosts = await people.load(items.map(({ host }) => host))
    const rooms = items.map((each) => roomJson(each, each, each.host === 0 ? null : (hosts.get(each.host) ?? null)))
    return new Json(`{"items":[${rooms.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`)
  }

  async function members(num: number, after: string | null, limit: number): Promise<Result<'rooms.members'>> {
    const { items, next_cursor } = await engine.members(num, { after, limit })
    const profiles = await people.load(items.map(({ user }) => user))
    const rows = items.map(({ user, role, joined_at }) => {
      const rest = JSON.stringify({ role, joined_at: new Date(joined_at).toISOString() })
      return `{"user":${profiles.get(user) ?? 'null'},${rest.slice(1)}`
    })
    return new Json(`{"items":[${rows.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`)
  }

  /** A page of records; those for moderators only to them. */
  async function state(num: number, cursor: string, reader: Member | null): Promise<Result<'rooms.state'>> {
    const { epoch, seq, items, next_cursor } = await engine.statePage(num, cursor)
    const audiences = reader && isModerator(reader.role) ? ['room', 'moderators'] : ['room']
    const seen = items.filter(({ type }) => audiences.includes(encoder.recordAudience(type) ?? ''))
    const rest = JSON.stringify({ epoch, seq, next_cursor })
    return new Json(`{"items":[${seen.map(recordJson).join(',')}],${rest.slice(1)}`)
  }

  return { room, list, members, state }
}

export function recordJson({ type, key, seq, value }: RecordRow): string {
  const head = `{"type":${JSON.stringify(type)},"key":${JSON.stringify(key)},"seq":${seq}`
  return value === null ? `${head},"deleted":true}` : `${head},"value":${value}}`
}
