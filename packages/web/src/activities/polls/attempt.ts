import { newClientId } from '@parlor/client/polls'

/** What the user has filled in. */
type Asked = {
  question: string
  options: readonly string[]
  multiple: boolean
  anonymous: boolean
  /** Until it closes by itself; null: never. */
  minutes: number | null
}

/** What makes the server recognize a question that is asked again, because its answer was lost, as the same one. */
export type Attempt = { readonly content: string; readonly client_id: string; readonly closes_at: string | null }

/** The attempt before while the same is asked, and while the poll could still be open; else a new one. */
export function attemptFor(before: Attempt | null, asked: Asked, now: number): Attempt {
  const content = JSON.stringify(asked)
  const isOver = before !== null && before.closes_at !== null && Date.parse(before.closes_at) <= now
  if (before?.content === content && !isOver) return before
  const closes_at = asked.minutes === null ? null : new Date(now + asked.minutes * 60_000).toISOString()
  return { content, client_id: newClientId(), closes_at }
}
