import { AppError } from '../../core/error.ts'
import type { JsonObject } from '../../room/types.ts'
import { pollBounds } from './bounds.ts'
import { type NewPoll, optionIds, type PollValue, pollValue, votesValue } from './contract.ts'
import { pollErrors } from './errors.ts'

/** The message that asks a poll. */
type Asked = { message_id: string; message_seq: number; by: string; now: number; closes_at: number | null }

const iso = (at: number): string => new Date(at).toISOString()

/** The question and the numbered options, for clients that know no polls (rule PO2). */
export const textOf = ({ question, options }: Pick<NewPoll, 'question' | 'options'>): string =>
  [question, ...options.map((text, place) => `${place + 1}. ${text}`)].join('\n')

/** Ms since 1970; null: the poll does not close by itself. `validation_error` for a time that is over or too far (rule PO3). */
export function closingTime({ closes_at }: Pick<NewPoll, 'closes_at'>, now: number): number | null {
  if (closes_at == null) return null
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(closes_at) ? closes_at : `${closes_at}Z`)
  const latest = now + pollBounds.poll_days.value * 86_400_000
  if (at > now && at <= latest) return at
  const errors = { closes_at: at > now ? 'This is too far in the future' : 'This must be in the future' }
  throw new AppError('validation_error', { details: { errors } })
}

export function newPoll(asked: NewPoll, { message_id, message_seq, by, now, closes_at }: Asked): PollValue {
  const options = asked.options.map((text, place) => ({ id: optionIds[place] ?? '', text }))
  const anonymous = asked.anonymous === true
  return {
    ...{ message_id, message_seq, question: asked.question, options },
    ...{ multiple: asked.multiple === true, anonymous },
    ...{ created_by: by, created_at: iso(now), closes_at: closes_at === null ? null : iso(closes_at) },
    ...{ closed_at: null, closed_by: null },
    counts: Object.fromEntries(options.map(({ id }) => [id, 0])),
    voter_count: 0,
    voters: anonymous ? null : {},
  }
}

/** The record, with fields of a newer release; null: there is none, or it cannot be read. */
export function pollOf(record: JsonObject | null): PollValue | null {
  const { success, data } = pollValue.safeParse(record)
  return success ? data : null
}

/** The choices in a record `poll_vote`, by poll. */
export function votesOf(record: JsonObject | null): Readonly<Record<string, readonly string[]>> {
  const { success, data } = votesValue.safeParse(record)
  return success ? data : {}
}

/** Each option once, in the order of the poll, so that the same choice is always the same value. */
export const chosenOf = (option_ids: readonly string[]): string[] => [...new Set(option_ids)].toSorted()

/** A vote of `voter` in place of an earlier one (rules PO5, PO6). */
export type Vote = { voter: string; before: readonly string[]; chosen: readonly string[] }

/** The record after a vote, or why it is refused (rules PO5, PO10, PO12). */
export function voted(record: JsonObject | null, vote: Vote, now: number): JsonObject | AppError {
  const poll = pollOf(record)
  if (poll === null) return new AppError('not_found')
  if (isClosed(poll, now)) return new AppError(pollErrors.poll_closed)
  const fault = faultOf(poll, vote.chosen)
  if (fault !== null) return new AppError('validation_error', { details: { errors: { option_ids: fault } } })
  const { before, chosen, voter } = vote
  const counts = Object.entries(poll.counts).map(([id, count]): [string, number] => [
    id,
    count + Number(chosen.includes(id)) - Number(before.includes(id)),
  ])
  const voter_count = poll.voter_count + Number(chosen.length > 0) - Number(before.length > 0)
  const voters = poll.voters && namedAfter(poll.voters, voter, chosen)
  return { ...record, counts: Object.fromEntries(counts), voter_count, voters }
}

/** Closed by somebody, or over (rule PO12). */
const isClosed = ({ closed_at, closes_at }: PollValue, now: number): boolean =>
  closed_at !== null || (closes_at !== null && Date.parse(closes_at) <= now)

function faultOf({ options, multiple }: PollValue, chosen: readonly string[]): string | null {
  const ids = new Set(options.map(({ id }) => id))
  if (chosen.some((id) => !ids.has(id))) return 'This poll has no such option'
  return multiple || chosen.length < 2 ? null : 'A vote in this poll names one option'
}

/** The named voters after a vote: they keep their places, and others take those that are free (rule PO8). */
function namedAfter(
  voters: NonNullable<PollValue['voters']>,
  voter: string,
  chosen: readonly string[],
): NonNullable<PollValue['voters']> {
  const next = new Map(Object.entries(withoutName(voters, voter, chosen)))
  for (const id of chosen) {
    const named = next.get(id) ?? []
    if (!named.includes(voter) && named.length < pollBounds.poll_voters.value) next.set(id, [...named, voter])
  }
  return Object.fromEntries([...next].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** Names of an option that lost its last one are absent. `kept`: options where the voter stays. */
function withoutName(
  voters: NonNullable<PollValue['voters']>,
  voter: string,
  kept: readonly string[] = [],
): NonNullable<PollValue['voters']> {
  const left = Object.entries(voters).map(([id, named]): [string, readonly string[]] => [
    id,
    kept.includes(id) ? named : named.filter((each) => each !== voter),
  ])
  return Object.fromEntries(left.filter(([, named]) => named.length > 0))
}

/** The closed poll, or why it cannot be closed; `by` null: its time is over (rules PO11 and PO12). */
export function closed(record: JsonObject | null, by: string | null, now: number): JsonObject | AppError {
  const poll = pollOf(record)
  if (poll === null) return new AppError('not_found')
  if (poll.closed_at !== null) return new AppError(pollErrors.poll_closed)
  return { ...record, closed_at: iso(now), closed_by: by }
}

/** The record without a voter's name; their votes stay counted (rule PO16). */
export function forgotten(record: JsonObject | null, voter: string): JsonObject | null {
  const poll = pollOf(record)
  if (poll === null || poll.voters === null) return record
  return { ...record, voters: withoutName(poll.voters, voter) }
}

/** A member's record without a poll that is closed; null when nothing is left (rule PO13). */
export function withoutPoll(record: JsonObject | null, poll_id: string): JsonObject | null {
  const { [poll_id]: _, ...left } = record ?? {}
  return Object.keys(left).length > 0 ? left : null
}
