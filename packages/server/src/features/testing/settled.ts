import type { AnyDatabase } from '../../platform/db/open-database.ts'

/** Event-loop turns without a query after which the database counts as idle; commits are batched for one turn. */
const quietTurns = 5

/**
 * Wraps a database; `settled` resolves once no query is under way and none follows, so all work triggered before is done,
 * however slow the machine is. For tests with a fake clock.
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
