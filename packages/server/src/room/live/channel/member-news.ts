import type { View } from '../../audience.ts'

/**
 * What the log says of a member at `seq`: how the view changed; null is the view of someone who may not stay, for this `reason`.
 */
export type MemberNews = {
  readonly seq: number
  readonly change: (view: View | null, isStream: boolean) => View | null
  readonly reason: 'left' | 'removed'
}

/** A view after the news behind `seq`. `isOther`: it is another one now, or was in between. */
export function viewAfter(news: readonly MemberNews[] | null, seq: number, view: View) {
  let now: View | null = view
  let isOther = false
  for (const each of news ?? []) {
    if (each.seq <= seq) continue
    now = each.change(now, view.isStream)
    if (now?.key !== view.key) isOther = true
  }
  return { view: now, isOther }
}
