/** Minutes and seconds, with hours if there are any: 0:05, 12:30, 1:02:03. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (part: number) => String(part).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

export const rates = [1, 1.5, 2] as const

/** The rate that a press of the button chooses. */
export const rateAfter = (rate: number): number => rates.find((each) => each > rate) ?? rates[0]

/** Seconds by which an arrow key moves: five, less in what is short. */
export const stepOf = (duration: number): number => Math.min(5, duration / 10)

/** As many bars as there is room for, each as high as the highest peak that it stands for; between a hairline and 1. */
export function barsOf(peaks: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * peaks.length) / count)
    const to = Math.max(from + 1, Math.floor(((at + 1) * peaks.length) / count))
    return Math.min(1, Math.max(0.06, ...peaks.slice(from, to)))
  })
}
