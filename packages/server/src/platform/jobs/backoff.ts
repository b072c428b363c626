const first = 1_000
const most = 3_600_000

/** Ms until a job that has failed so often is tried again (rule JB7). `random`: from 0 to before 1. */
export function backoff(failures: number, random: number): number {
  const plain = Math.min(first * 2 ** Math.max(0, failures - 1), most)
  return Math.round(plain * (0.75 + random / 2))
}
