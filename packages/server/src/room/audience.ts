import { createCache } from '../core/collections/cache.ts'
import type { Audience } from '../core/contract.ts'

/**
 * What a reader may see of a room beside what is addressed to them by their id. Readers that may see the same share one
 * object, so who they are is no part of it; `key` is the same for views that show the same.
 */
export type View = {
  readonly key: string
  readonly isModerator: boolean
  /** Whether it is that of an event stream. */
  readonly isStream: boolean
  /** The languages that the member reads. */
  readonly reads: ReadonlySet<string>
  /** The only event that a listener gets, of those for everyone; null: this is no listener. */
  readonly only: string | null
}

/** What decides who sees an entry. `about`: the id of a user who sees it besides its audience. */
export type Addressed = { readonly audience: Audience; readonly event: string; readonly about?: string | undefined }

/**
 * Whether a reader with this view and this user id (null: without a token) may see the entry: the one function that filters
 * what is sent live, in recovery, in lists and on streams (rule V1).
 */
export function sees(view: View, user_id: string | null, { audience, event, about }: Addressed): boolean {
  if (view.only !== null) return audience === 'room' && event === view.only
  if (audience === 'room') return true
  if (user_id !== null && (about === user_id || addresseeOf(audience) === user_id)) return true
  if (audience === 'moderators') return view.isModerator
  if (audience === 'streams') return view.isStream
  return audience.startsWith(languagePrefix) && view.reads.has(audience.slice(languagePrefix.length))
}

const userPrefix = 'user:'
const languagePrefix = 'lang:'

/** The id of the only user who belongs to the audience; null: it has others. */
export const addresseeOf = (audience: Audience): string | null =>
  audience.startsWith(userPrefix) ? audience.slice(userPrefix.length) : null

/** The audience of an entry, as its type declares it. */
export const audienceOf = <Entry>(declared: Audience | ((entry: Entry) => Audience), entry: Entry): Audience =>
  typeof declared === 'function' ? declared(entry) : declared

const nothing: ReadonlySet<string> = new Set()

/** Of members who are no moderators and have named no language, and of readers who are no members. */
export const memberView: View = { key: 'member', isModerator: false, isStream: false, reads: nothing, only: null }
export const moderatorView: View = { ...memberView, key: 'moderator', isModerator: true }
/** The same on event streams. */
const streamViews = {
  member: { ...memberView, key: 'member on a stream', isStream: true },
  moderator: { ...moderatorView, key: 'moderator on a stream', isStream: true },
}

/** The view of a listener: one event type of what everyone sees. */
export const listenerView = (event: string): View => ({
  ...memberView,
  key: `only ${event}`,
  only: event,
})

/** Views by languages that are shared; of more there are several objects with one key, which share less. */
const keptViews = 1000

export type Views = { of(isModerator: boolean, reads: readonly string[], isStream?: boolean): View }

/** Makes views, one object for all members who see the same. */
export function createViews(): Views {
  const kept = createCache<string, View>(keptViews)
  return {
    of(isModerator, reads, isStream = false) {
      const { member, moderator } = isStream ? streamViews : { member: memberView, moderator: moderatorView }
      const plain = isModerator ? moderator : member
      if (reads.length === 0) return plain
      const key = `${plain.key} ${reads.toSorted().join()}`
      const known = kept.get(key)
      if (known) return known
      const view = { ...plain, key, reads: new Set(reads) }
      kept.set(key, view)
      return view
    },
  }
}
