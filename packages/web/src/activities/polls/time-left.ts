const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** "in 5 minutes", as people say it; less than a minute is "in 1 minute". Null: the time is over. */
export function timeLeft(closes_at: string, now: number, language: string): string | null {
  const left = Date.parse(closes_at) - now
  if (left <= 0) return null
  const format = new Intl.RelativeTimeFormat(language)
  for (const [unit, ms] of units) if (left >= ms) return format.format(Math.round(left / ms), unit)
  return format.format(1, 'minute')
}
