import { isDeepStrictEqual } from 'node:util'
import type { Heard } from '../socket-client.ts'
import type { Joined, JsonObject, RoomEvent } from '../wire.ts'

/** Events with a `seq` that are not part of the room's sequence. */
const beside = new Set(['room_position', 'message_received', 'room_joined'])

/**
 * A client's view of one room, kept as the documents say: answers of `join_room` and live events go through one function
 * and are merged by `seq`. Every broken promise is written to `problems`.
 */
export class RoomView {
  readonly room_id: string
  epoch: string | null = null
  /** The highest position that the client got; null before the first join. */
  seq: number | null = null
  readonly events = new Map<number, RoomEvent>()
  readonly problems: string[] = []
  /** Answers of `join_room`, in order. */
  readonly joins: { asked: JsonObject; reply: Joined }[] = []
  #attached = false

  constructor(room_id: string) {
    this.room_id = room_id
  }

  /** The cursor for the next `join_room`. */
  cursor(): JsonObject {
    return this.seq === null ? {} : { after_seq: this.seq, epoch: this.epoch }
  }

  joined(asked: JsonObject, reply: Joined): void {
    this.joins.push({ asked, reply })
    const after = reply.recovered ? Number(asked['after_seq'] ?? 0) : 0
    if (!reply.recovered) this.events.clear()
    this.epoch = reply.epoch
    this.seq = after
    for (const event of reply.events) {
      if (event.seq > reply.seq) this.problems.push(`${event.seq} is beyond the answer's own seq ${reply.seq}`)
      this.#apply(event, 'caught up')
    }
    this.seq = reply.seq
    this.#attached = true
  }

  /** Takes every event of the socket, of any room. */
  hear({ event, data }: Heard): void {
    if (data?.['room_id'] !== this.room_id) return
    const seq = data['seq']
    if (typeof seq !== 'number' || event === 'message_received' || event === 'room_joined') return
    if (!this.#attached) this.problems.push(`${event} ${seq} came before the room was joined`)
    if (beside.has(event)) this.seq = Math.max(this.seq ?? 0, seq)
    else this.#apply({ seq, event, data }, 'live')
  }

  /** The connection ended: events before the next join are an error. */
  detached(): void {
    this.#attached = false
  }

  #apply(event: RoomEvent, how: string): void {
    const known = this.events.get(event.seq)
    if (known) {
      const same = isDeepStrictEqual(known, event) ? 'twice' : 'twice, with another content'
      this.problems.push(`${event.event} ${event.seq} came ${same} (${how})`)
    }
    if (event.seq <= (this.seq ?? 0)) this.problems.push(`${event.event} ${event.seq} came after ${this.seq} (${how})`)
    if (event.data['seq'] !== event.seq)
      this.problems.push(`${event.event} ${event.seq} says it is ${String(event.data['seq'])}`)
    if (event.data['room_id'] !== this.room_id)
      this.problems.push(`${event.seq} says it is of ${String(event.data['room_id'])}`)
    this.events.set(event.seq, event)
    this.seq = Math.max(this.seq ?? 0, event.seq)
  }

  /** The room's events in order: all, or those with this name. */
  inOrder(name?: string): RoomEvent[] {
    return [...this.events.values()].filter(({ event }) => !name || event === name).toSorted((a, b) => a.seq - b.seq)
  }
}
