export type Dates = {
  /** 14:05 */
  time(at: string | Date): string
  /** Today, yesterday, Monday 3 March, or with its year once that has passed. */
  day(at: string | Date, now?: Date): string
  /** 3 March 2026, 14:05 */
  full(at: string | Date): string
  /** As short as can be: 14:05, Mon, 3 Mar, or 3/3/2025. */
  moment(at: string | Date, now?: Date): string
  /** Just now, 5 minutes ago, yesterday, 3 March. */
  ago(at: string | Date, now?: Date): string
}

const minute = 60_000
const hour = 60 * minute

export function datesIn(language: string): Dates {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options)
  const time = format({ hour: 'numeric', minute: '2-digit' })
  const day = format({ weekday: 'long', day: 'numeric', month: 'long' })
  const dayOfYear = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const full = format({ dateStyle: 'long', timeStyle: 'short' })
  const weekday = format({ weekday: 'short' })
  const shortDay = format({ day: 'numeric', month: 'short' })
  const shortDate = format({ dateStyle: 'short' })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })

  const dayOf = (at: string | Date, now = new Date()): string => {
    const then = new Date(at)
    const days = daysBetween(now, then)
    if (days === 0 || days === -1) return capital(relative.format(days, 'day'), language)
    return capital((then.getFullYear() === now.getFullYear() ? day : dayOfYear).format(then), language)
  }
  return {
    time: (at) => time.format(new Date(at)),
    full: (at) => full.format(new Date(at)),
    day: dayOf,
    moment(at, now = new Date()) {
      const then = new Date(at)
      const days = daysBetween(now, then)
      if (days >= 0) return time.format(then)
      if (days > -7) return weekday.format(then)
      return (then.getFullYear() === now.getFullYear() ? shortDay : shortDate).format(then)
    },
    ago(at, now = new Date()) {
      const then = new Date(at)
      const passed = now.getTime() - then.getTime()
      if (passed < minute) return relative.format(0, 'second')
      if (passed < hour) return relative.format(-Math.floor(passed / minute), 'minute')
      const days = daysBetween(now, then)
      if (days === 0) return relative.format(-Math.floor(passed / hour), 'hour')
      if (days > -7) return relative.format(days, 'day')
      return dayOfYear.format(then)
    },
  }
}

/** Calendar days from one to the other, independent of summer time. */
function daysBetween(from: Date, to: Date): number {
  const midnight = (at: Date) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())
  return Math.round((midnight(to) - midnight(from)) / (24 * hour))
}

const capital = (text: string, language: string): string => text.charAt(0).toLocaleUpperCase(language) + text.slice(1)
