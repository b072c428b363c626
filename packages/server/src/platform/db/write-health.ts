/** After so many ms without a write, a health check writes by itself; then the minimum ms between two such probes. */
const quietMs = 10_000
const probeEveryMs = 1000
/**
 * Ms without failures before a passing probe counts as recovery: a probe is small, and the failed write may have been
 * large.
 */
const settledMs = 2000

/** The result of the last writes, for health checks (rule DB4). Times are monotonic. */
export type WriteHealth = {
  passed(): void
  failed(): void
  /** Whether writes succeed now. Probes only if the last write failed, or if there was none for a while. */
  ask(): Promise<boolean>
}

/** `probe` really writes, and rejects when the write fails. */
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
