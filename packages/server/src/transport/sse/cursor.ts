/** A stream's position in a room. The start of the epoch suffices: it is random from the first character. */
export type Position = { epoch: string; seq: number }

const epochLength = 6
export const shortEpoch = (epoch: string): string => epoch.slice(0, epochLength)

/**
 * The positions of a stream in all its rooms as the `id:` of its events: `<room num>.<epoch>.<seq>` joined by `~`,
 * numbers in base 36. It says what the client has; its read permission for each room is checked again at every
 * reconnect.
 */
export class StreamCursor {
  readonly #rooms = new Map<number, Position>()
  /** The text of all other rooms, cached while only this one moves. */
  #others: { room: number; text: string } | null = null

  set(room: number, position: Position): void {
    this.#rooms.set(room, { epoch: shortEpoch(position.epoch), seq: position.seq })
    this.#others = null
  }

  /** Moves one room forward and returns the whole cursor. */
  move(room: number, seq: number): string {
    const position = this.#rooms.get(room)
    if (!position) return this.toString()
    position.seq = seq
    if (this.#others?.room !== room) this.#others = { room, text: this.#textWithout(room) }
    return this.#others.text + entry(room, position)
  }

  toString(): string {
    return [...this.#rooms].map(([room, position]) => entry(room, position)).join('~')
  }

  #textWithout(room: number): string {
    return [...this.#rooms]
      .filter(([other]) => other !== room)
      .map(([other, position]) => `${entry(other, position)}~`)
      .join('')
  }
}

const entry = (room: number, { epoch, seq }: Position): string => `${room.toString(36)}.${epoch}.${seq.toString(36)}`

/** Positions by room num. Unreadable parts are skipped: the client is then told to start over in those rooms. */
export function readCursor(text: string): ReadonlyMap<number, Position> {
  const positions = new Map<number, Position>()
  for (const part of text.split('~', 1000)) {
    const [, room, epoch, seq] = /^([\da-z]{1,10})\.([\w-]{6})\.([\da-z]{1,10})$/.exec(part) ?? []
    if (room === undefined || epoch === undefined || seq === undefined) continue
    positions.set(Number.parseInt(room, 36), { epoch, seq: Number.parseInt(seq, 36) })
  }
  return positions
}
