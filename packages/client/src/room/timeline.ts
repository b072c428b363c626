import type { Message, Person } from '../types.ts'

/**
 * A contiguous part of a room's messages (rule S3), which the client keeps. All functions are pure: each returns a new
 * window, or the same one if nothing changed.
 */
export type Window = {
  /** Ascending by `seq`. */
  readonly messages: readonly Message[]
  /** The `before` of the next older page; null: the window has the first message. */
  readonly older: number | null
  /** Whether there are newer messages after the last one. */
  readonly hasNewer: boolean
  /** Live messages that are not kept, and the `seq` of the first of them (rule S4). */
  readonly unseen: number
  readonly unseenFrom: number | null
  /** The highest `seq` of a message that has arrived. */
  readonly newest: number
  readonly generation: number
}

export type Page = { messages: readonly Message[]; next_cursor: number | null }

/**
 * How many messages to keep, and around which one: `seq` of the message that the reader looks at, null for the newest
 * end.
 */
export type Bounds = { size: number; anchor: number | null }

export const emptyWindow: Window = {
  messages: [],
  older: null,
  hasNewer: false,
  unseen: 0,
  unseenFrom: null,
  newest: 0,
  generation: 0,
}

const firstSeq = ({ messages }: Window): number | null => messages[0]?.seq ?? null
const lastSeq = ({ messages }: Window): number => messages.at(-1)?.seq ?? 0

/** Starts over at the newest end; the snapshot's messages follow like live ones (rule S2). */
export function begin(window: Window, older: number | null): Window {
  return { ...emptyWindow, older, generation: window.generation + 1 }
}

/** A message arrived, live or recovered; they arrive in order. */
export function receive(window: Window, message: Message, bounds: Bounds): Window {
  if (message.seq <= window.newest) return window
  const received = { ...window, newest: message.seq }
  if (window.hasNewer) return unseen(received, message)
  const messages = [...window.messages, message]
  if (messages.length <= bounds.size) return { ...received, messages }
  if (!isNearOldEnd(messages, bounds.anchor)) return dropOldest({ ...received, messages }, bounds.size)
  return unseen({ ...received, hasNewer: true }, message)
}

function unseen(window: Window, { seq }: Message): Window {
  return { ...window, unseen: window.unseen + 1, unseenFrom: window.unseenFrom ?? seq }
}

function isNearOldEnd(messages: readonly Message[], anchor: number | null): boolean {
  if (anchor === null) return false
  const index = messages.findIndex(({ seq }) => seq >= anchor)
  return index >= 0 && index < messages.length / 2
}

/** A person has this name and picture, in all their messages (rule S9). */
export function updatePerson(window: Window, sender: Person): Window {
  const isAsKnown = ({ sender: { id, name, avatar_url, guest } }: Message) =>
    id !== sender.id || (name === sender.name && avatar_url === sender.avatar_url && guest === sender.guest)
  if (window.messages.every(isAsKnown)) return window
  const messages = window.messages.map((message) => (isAsKnown(message) ? message : { ...message, sender }))
  return { ...window, messages }
}

/** The request for an older page; null if there is none. */
export const olderThan = ({ older }: Window): number | null => older
/** The request for a newer page; null if there is none. */
export const newerThan = (window: Window): number | null => (window.hasNewer ? lastSeq(window) : null)

/** Inserts the page before `before`; ignored if it is no longer adjacent. */
export function prepend(window: Window, { messages, next_cursor }: Page, before: number, bounds: Bounds): Window {
  if (window.older !== before) return window
  const first = firstSeq(window) ?? before
  const all = [...messages.filter(({ seq }) => seq < first), ...window.messages]
  const newest = Math.max(window.newest, all.at(-1)?.seq ?? 0)
  return dropNewest({ ...window, messages: all, older: next_cursor, newest }, bounds.size)
}

/** Appends the page after `after`; ignored if it is no longer adjacent. */
export function append(window: Window, { messages, next_cursor }: Page, after: number, bounds: Bounds): Window {
  if (newerThan(window) !== after) return window
  const added = messages.filter(({ seq }) => seq > after)
  const last = added.at(-1)?.seq ?? after
  const newest = Math.max(window.newest, last)
  // Live messages that arrived during the request come after the page.
  const hasNewer = next_cursor !== null || last < newest
  const from = window.unseenFrom
  const seen = from === null ? 0 : added.filter(({ seq }) => seq >= from).length
  const left = hasNewer ? Math.max(0, window.unseen - seen) : 0
  const counts = { unseen: left, unseenFrom: left === 0 ? null : Math.max(from ?? 0, last + 1) }
  return dropOldest({ ...window, ...counts, messages: [...window.messages, ...added], hasNewer, newest }, bounds.size)
}

/** Starts over with the newest page; messages that arrived during the request come after it. */
export function showLatest(window: Window, { messages, next_cursor }: Page): Window {
  const last = messages.at(-1)?.seq ?? 0
  const newest = Math.max(window.newest, last)
  const generation = window.generation + 1
  return { messages, older: next_cursor, hasNewer: last < newest, unseen: 0, unseenFrom: null, newest, generation }
}

/** Starts over with an older page. */
export function showOlder(window: Window, { messages, next_cursor }: Page): Window {
  return { ...window, messages, older: next_cursor, hasNewer: true, generation: window.generation + 1 }
}

function dropOldest(window: Window, size: number): Window {
  if (window.messages.length <= size) return window
  const messages = window.messages.slice(-size)
  return { ...window, messages, older: messages[0]?.seq ?? window.older }
}

function dropNewest(window: Window, size: number): Window {
  if (window.messages.length <= size) return window
  return { ...window, messages: window.messages.slice(0, size), hasNewer: true }
}
