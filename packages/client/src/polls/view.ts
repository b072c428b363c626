import type { ParlorError } from '../error.ts'
import type { Poll } from '../generated/shapes.generated.ts'

/** A poll as an application shows it. */
export type PollView = Poll & {
  /** A vote of the user that the server has not confirmed yet; `counts` and `my_option_ids` contain it already. */
  isVoting: boolean
  /** Why the last vote failed: the poll shows what stood before it. Null after the next one. */
  error: ParlorError | null
}

/** A vote that the room has not told yet (null: none), whether the server has stored it, or why the last one failed. */
export type OwnVote = { option_ids: readonly string[] | null; isStored: boolean; error: ParlorError | null }

export const noVote: OwnVote = { option_ids: null, isStored: false, error: null }

/** The poll as it will be once the user's vote is stored; all but the names, which say only who was first (rule PL1). */
export function withVote(poll: Poll, { option_ids: chosen, isStored, error }: OwnVote): PollView {
  const isVoting = chosen !== null && !isStored
  // The result of a closed poll is final.
  if (chosen === null || poll.closed_at !== null || isSame(chosen, poll.my_option_ids))
    return { ...poll, isVoting, error }
  const before = poll.my_option_ids
  const counts = Object.fromEntries(
    Object.entries(poll.counts).map(([id, count]) => [
      id,
      Math.max(0, count + Number(chosen.includes(id)) - Number(before.includes(id))),
    ]),
  )
  const voter_count = Math.max(0, poll.voter_count + Number(chosen.length > 0) - Number(before.length > 0))
  return { ...poll, counts, voter_count, my_option_ids: chosen, isVoting, error }
}

/** Whether both name the same options. */
export const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id))
