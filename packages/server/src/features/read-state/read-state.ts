import { implement, type RunContext } from '../../core/action.ts'
import { type Caller, requireUser, type UserCaller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import type { Output, RoomFacts } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import type { Live } from '../../room/live/live.ts'
import { roomErrors } from '../../room/errors.ts'
import type { RoomEngine, RoomRow } from '../../room/types.ts'
import type { Made } from '../feature.ts'
import type { FeedApi } from '../feed/feed.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { readActions, readChanged } from './contract.ts'
import type { ReadStore } from './store.ts'

export type ReadStateDeps = {
  store: ReadStore
  engine: Pick<RoomEngine, 'member'>
  rooms: Pick<Rooms, 'find' | 'readable'>
  feed: Pick<FeedApi, 'shows' | 'counts' | 'read'>
  live: Pick<Live, 'tellUser'>
  clock: Pick<Clock, 'now'>
  /** Rooms that one call marks as read. */
  most: number
}

type ReadState = Output<(typeof readActions)['read-state.get']>

/** How far members have read their rooms (rules RS1 to RS7). */
export function createReadState({ store, engine, rooms, feed, live, clock, most }: ReadStateDeps): Made<null> {
  feed.shows({
    async of(user, listed) {
      const counts = await store.count(listed.map(({ num, last_seq }) => ({ user, room: num, upto: last_seq })))
      return new Map(
        listed.map(({ num }, place) => {
          const fields = Object.entries(counts[place] ?? {})
          return [num, Object.fromEntries(fields.map(([name, value]) => [name, JSON.stringify(value)]))]
        }),
      )
    },
    changedSince: store.changedSince,
  })
  feed.counts(store.count)

  /** The room, if the caller is a member (rule RS7). */
  async function memberIn(caller: Caller, room_id: string): Promise<{ user: UserCaller['user']; room: RoomRow }> {
    const { user } = requireUser(caller)
    const room = await rooms.readable(caller, room_id)
    const member = user.num === 0 ? null : await engine.member(room.num, user.num)
    if (!member) throw new AppError(roomErrors.not_a_member)
    return { user, room }
  }

  async function pointerOf(
    user: number,
    { num, id, last_seq }: RoomRow,
  ): Promise<{ state: ReadState; isStored: boolean }> {
    const [found] = await store.pointers([{ user, room: num, upto: last_seq }])
    if (!found) throw new Error('A count without an answer')
    return { state: { room_id: id, ...found.counted }, isStored: found.isStored }
  }

  /** Rule RS6: the nodes of the user's connections stop counting on before the clients hear of it. */
  function tell({ num, id }: UserCaller['user'], room: RoomFacts, state: ReadState, context: RunContext): void {
    feed.read(num, room)
    context.charge('fan_out_bytes', live.tellUser(id, readChanged.name, state))
  }

  /** Stores a change if there is one, and tells it. A first pointer is one, though it says what held before (rule RS1). */
  async function change(
    caller: Caller,
    room_id: string,
    context: RunContext,
    {
      isNew,
      store: put,
    }: {
      isNew: (now: ReadState, last_seq: number) => boolean
      store: (user: number, room: number) => Promise<boolean>
    },
  ): Promise<ReadState> {
    const { user, room } = await memberIn(caller, room_id)
    const { state: before, isStored } = await pointerOf(user.num, room)
    if (isStored && !isNew(before, room.last_seq)) return before
    if (!(await put(user.num, room.num))) throw new AppError(roomErrors.not_a_member)
    const { state } = await pointerOf(user.num, room)
    tell(user, room, state, context)
    return state
  }

  const allow = async (_caller: Caller, { room_id }: { room_id: string }) =>
    (await rooms.find(room_id)) ? true : ('not_found' as const)

  return {
    api: null,
    hooks: {
      onUserDeleted: async ({ num }, _position, limit) => ({ found: await store.forget(num, limit), next: null }),
    },
    actions: implement(readActions, {
      'read-state.get': {
        allow,
        async run({ room_id }, caller) {
          const { user, room } = await memberIn(caller, room_id)
          return (await pointerOf(user.num, room)).state
        },
      },
      'read-state.read': {
        allow,
        run({ room_id, read_seq, clear_unread }, caller, context) {
          const clears = clear_unread === true
          return change(caller, room_id, context, {
            isNew: (now, last_seq) =>
              now.read_seq < Math.min(read_seq, last_seq) || (clears && now.unread_from !== null),
            store: (user, room) => store.read(user, room, { read_seq, clears, now: clock.now() }),
          })
        },
      },
      'read-state.unread': {
        allow,
        run: ({ room_id, from_seq }, caller, context) =>
          change(caller, room_id, context, {
            isNew: (now, last_seq) => now.unread_from !== Math.min(from_seq, last_seq),
            store: (user, room) => store.mark(user, room, { from_seq, now: clock.now() }),
          }),
      },
      'read-state.readAll': {
        allow: (caller) => (caller.kind === 'user' ? true : 'not_authenticated'),
        async run(_input, caller, context) {
          const { user } = requireUser(caller)
          const behind = await store.behind(user.num, most)
          const counts = await store.count(
            behind.map(({ room, last_seq }) => ({ user: user.num, room, upto: last_seq })),
          )
          await store.readAll(user.num, behind, clock.now())
          const items: ReadState[] = []
          for (const [place, { room, id, kind, last_seq }] of behind.entries()) {
            feed.read(user.num, { num: room, id, kind })
            const before = counts[place]
            if (!before || (before.unread === 0 && before.unread_from === null)) continue
            const state = { room_id: id, read_seq: Math.max(before.read_seq, last_seq), unread_from: null, unread: 0 }
            items.push(state)
            context.charge('fan_out_bytes', live.tellUser(user.id, readChanged.name, state))
          }
          return { items }
        },
      },
    }),
  }
}
