import * as limits from '../generated/limits.generated.ts'
import type { Time } from '../time.ts'

const repeatMs = 3000

/** Reports typing: repeatedly while it continues, but not at every key. */
export function createTypingNotice({ now }: Time, tell: (typing: boolean) => void) {
  let told: number | null = null
  /** Until when the server assumes typing that the sent message has already ended. */
  let assumedUntil = 0
  return {
    set(typing: boolean): void {
      if (typing ? told !== null && now() - told < repeatMs : told === null) return
      if (typing && told === null && now() < assumedUntil) tell(false)
      told = typing ? now() : null
      assumedUntil = 0
      tell(typing)
    },
    /** The message was sent: other clients end the typing when it arrives, the server does not. */
    sent(): void {
      if (told !== null) assumedUntil = told + limits.typing_ms
      told = null
    },
  }
}
