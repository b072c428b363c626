import * as limits from '../generated/limits.generated.ts'
import type { Time } from '../time.ts'

const repeatMs = 3000

/** Tells that one is typing: again and again while it goes on, but not at every key. */
export function createTypingNotice({ now }: Time, tell: (typing: boolean) => void) {
  let told: number | null = null
  /** Until when the server still assumes that one is typing what was sent meanwhile. */
  let assumedUntil = 0
  return {
    set(typing: boolean): void {
      if (typing ? told !== null && now() - told < repeatMs : told === null) return
      if (typing && told === null && now() < assumedUntil) tell(false)
      told = typing ? now() : null
      assumedUntil = 0
      tell(typing)
    },
    /** What one typed was sent: others know by the message itself, the server does not. */
    sent(): void {
      if (told !== null) assumedUntil = told + limits.typing_ms
      told = null
    },
  }
}
