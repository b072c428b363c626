/** Seconds for which a new link is valid; null: until it is revoked. */
export const lifetimes = { hour: 3600, day: 86_400, week: 604_800, forever: null } as const
export type Lifetime = keyof typeof lifetimes

export type Invite = {
  id: string
  url: string
  expires_at: string | null
  max_uses: number | null
  uses: number
  created_at: string
}

/** Whether the link still lets people in. */
export const holds = ({ expires_at, max_uses, uses }: Invite, now: number): boolean =>
  (expires_at === null || Date.parse(expires_at) > now) && (max_uses === null || uses < max_uses)

/** The link to offer for sharing: the newest without a limit of uses that is valid for at least another hour. */
export function linkToShow(invites: readonly Invite[], now: number): Invite | null {
  return (
    invites
      .filter((invite) => invite.max_uses === null && holds(invite, now + lifetimes.hour * 1000))
      .toSorted((a, b) => b.created_at.localeCompare(a.created_at))[0] ?? null
  )
}
