import type { Time } from '../time.ts'

/** Others take it for granted for 6 s. */
const repeatMs = 3000

/** Tells that one is typing: again and again while it goes on, but not at every key. */
export function createTypingNotice({ now }: Time, tell: (typing: boolean) => void) {
  let told: number | null = null
  return {
    set(typing: boolean): void {
      if (typing ? told !== null && now() - told < repeatMs : told === null) return
      told = typing ? now() : null
      tell(typing)
    },
    /** What one typed was sent: others know by the message itself. */
    sent(): void {
      told = null
    },
  }
}
