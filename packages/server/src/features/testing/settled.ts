import type { AnyDatabase } from '../../platform/db/open-database.ts'

/** Turns of the loop within which what an answer of the database sets off asks it again: commits gather for one. */
const quietTurns = 5

/**
 * A database, and what waits until nobody asks it anything any more: then all that was set off by what came before is
 * done, however long this machine takes for it. For worlds in which time stands still.
 */
export function watchAsked(given: AnyDatabase): { db: AnyDatabase; settled(): Promise<void> } {
  let asked = 0
  const end = () => void (asked -= 1)
  const counted =
    (method: CallableFunction) =>
    (...args: unknown[]): unknown => {
      const answer: unknown = Reflect.apply(method, given, args)
      if (!(answer instanceof Promise)) return answer
      asked += 1
      answer.then(end, end)
      return answer
    }
  const db = new Proxy(given, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name)
      return typeof found === 'function' ? counted(found) : found
    },
  })
  return {
    db,
    async settled() {
      for (let quiet = 0; quiet < quietTurns; quiet = asked > 0 ? 0 : quiet + 1)
        await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
