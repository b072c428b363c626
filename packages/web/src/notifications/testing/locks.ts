import type { Locks } from '../tabs.ts'

/** The locks of a browser, whose tabs share one of these. */
export function createLocks(): NonNullable<Locks> {
  type Request = { name: string; mode: 'exclusive' | 'shared'; grant: () => void }
  let held: Request[] = []
  let waiting: Request[] = []

  function settle(): void {
    for (const request of waiting) {
      const others = held.filter(({ name }) => name === request.name)
      if (others.some(({ mode }) => mode === 'exclusive') || (request.mode === 'exclusive' && others.length > 0))
        continue
      waiting = waiting.filter((one) => one !== request)
      held.push(request)
      request.grant()
    }
  }

  return {
    request: (name, { mode, signal }, onHeld) =>
      new Promise<void>((resolve, reject) => {
        const request: Request = { name, mode, grant: () => void hold().then(resolve, reject) }
        const hold = async () => {
          await onHeld()
          held = held.filter((one) => one !== request)
          settle()
        }
        signal.addEventListener('abort', () => {
          if (!waiting.includes(request)) return
          waiting = waiting.filter((one) => one !== request)
          reject(signal.reason)
        })
        waiting.push(request)
        settle()
      }),
    query: async () => ({ held: held.map(({ name }) => ({ name })) }),
  }
}
