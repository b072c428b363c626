/** Ms without a write after which health asks with one of its own, and ms between two such. */
const quietMs = 10_000
const probeEveryMs = 1000
/** Ms since the last failure before a probe may say that it is over: a probe is small, and what failed may have been large. */
const settledMs = 2000

/** What the last write came to, for health (rule DB4). Times are monotonic. */
export type WriteHealth = {
  passed(): void
  failed(): void
  /** Whether writes pass now. Writes something itself only while the last write failed, or when none was for a while. */
  ask(): Promise<boolean>
}

/** `probe` writes for real, and rejects when that failed. */
export function createWriteHealth(probe: () => Promise<void>, now = () => performance.now()): WriteHealth {
  let isWell = true
  let passedAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY
  let probedAt = Number.NEGATIVE_INFINITY
  let probing: Promise<boolean> | null = null

  function failed() {
    isWell = false
    failedAt = now()
  }

  async function tryProbe(): Promise<boolean> {
    probedAt = now()
    try {
      await probe()
    } catch {
      failed()
      return false
    }
    if (isWell || now() - failedAt >= settledMs) {
      isWell = true
      passedAt = now()
    }
    return isWell
  }

  return {
    passed() {
      isWell = true
      passedAt = now()
    },
    failed,
    async ask() {
      const at = now()
      if (isWell && at - passedAt < quietMs) return true
      if (probing === null && at - probedAt >= probeEveryMs) {
        probing = tryProbe().finally(() => {
          probing = null
        })
      }
      return probing ?? isWell
    },
  }
}
