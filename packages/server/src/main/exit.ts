/** Ms in which lines that wait may still be written, and then threads of the pool may end. */
const lastLines = 500
const threadsEnd = 250

/** Node's names for work in the thread pool: files, host names, hashes. */
const inThreads = /^(FS|GetAddrInfo|GetNameInfo|Zlib)|Job$|^RandomBytes/

/**
 * Ends the process with the status, within a second. `process.exit` waits for every thread of the pool, and one that
 * writes to a hanging disk or a stopped terminal never returns: then the process kills itself.
 */
export function createExit(flush: (ms: number) => Promise<unknown>): (status: number) => Promise<never> {
  let leaving: Promise<never> | null = null
  return (status) => (leaving ??= leave(status, flush))
}

async function leave(status: number, flush: (ms: number) => Promise<unknown>): Promise<never> {
  process.exitCode = status
  await flush(lastLines)
  const until = performance.now() + threadsEnd
  while (isPoolBusy() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
  if (isPoolBusy()) process.kill(process.pid, 'SIGKILL')
  process.exit(status)
}

const isPoolBusy = () => process.getActiveResourcesInfo().some((name) => inThreads.test(name))
