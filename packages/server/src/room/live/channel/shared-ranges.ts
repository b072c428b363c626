import { addresseeOf, sees, type View } from '../../audience.ts'
import type { Frame, Range } from '../sink.ts'

/**
 * The frames behind one position, and the ranges of them that readers share. Most frames are for everyone: then there is one
 * range for all members. What is for single users changes only the ranges of these users.
 */
export class SharedRanges {
  /** Whether all of them are for everyone. */
  readonly isOpen: boolean
  /** Frames for single users, by their ids; null: there is none. */
  readonly personal: ReadonlyMap<string, readonly Frame[]> | null
  readonly #frames: readonly Frame[]
  readonly #make: (frames: readonly Frame[]) => Range
  readonly #byView = new Map<View, Range>()
  #byUser: Map<string, { view: View; range: Range }> | null = null

  constructor(frames: readonly Frame[], make: (frames: readonly Frame[]) => Range) {
    this.#frames = frames
    this.#make = make
    this.isOpen = frames.every(({ audience }) => audience === 'room')
    this.personal = this.isOpen ? null : personalOf(frames)
  }

  /** Whether some of it is for this user, so that their range is not that of others with their view. */
  isFor(user_id: string | null): boolean {
    return user_id !== null && this.personal !== null && this.personal.has(user_id)
  }

  range(view: View, user_id: string | null): Range {
    if (user_id === null || view.only !== null || !this.isFor(user_id)) return this.#ofView(view)
    const known = this.#byUser?.get(user_id)
    if (known?.view === view) return known.range
    const common = this.#ofView(view)
    const own = (this.personal?.get(user_id) ?? []).filter((frame) => !sees(view, null, frame))
    const frames = [...common.frames, ...own].toSorted((one, other) => one.seq - other.seq)
    const range = own.length === 0 ? common : this.#make(frames)
    this.#byUser ??= new Map()
    this.#byUser.set(user_id, { view, range })
    return range
  }

  #ofView(view: View): Range {
    const known = this.#byView.get(view)
    if (known) return known
    const seen =
      this.isOpen && view.only === null ? this.#frames : this.#frames.filter((frame) => sees(view, null, frame))
    const range = this.#equal(seen) ?? this.#make(seen)
    this.#byView.set(view, range)
    return range
  }

  /** A range for another view that sees the same frames: it has the same bytes. */
  #equal(seen: readonly Frame[]): Range | undefined {
    for (const range of this.#byView.values()) {
      if (range.frames.length === seen.length && range.frames.every((frame, index) => frame === seen[index]))
        return range
    }
    return undefined
  }
}

function personalOf(frames: readonly Frame[]): ReadonlyMap<string, readonly Frame[]> | null {
  const all = new Map<string, Frame[]>()
  for (const frame of frames) {
    for (const user_id of new Set([frame.about ?? null, addresseeOf(frame.audience)])) {
      if (user_id === null) continue
      const known = all.get(user_id)
      if (known) known.push(frame)
      else all.set(user_id, [frame])
    }
  }
  return all.size > 0 ? all : null
}
