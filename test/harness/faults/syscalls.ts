/** One system call of a trace; times in seconds since 1970. */
export type Syscall = { name: string; text: string; began: number; ended: number }

/**
 * Parses the output of `strace -f -ttt -T -y`. A call that another thread's call interrupted has two lines: it began at the
 * first, and ended after the duration in the second. Calls that never ended are left out.
 */
export function parseTrace(trace: string): Syscall[] {
  const open = new Map<string, { began: number; text: string }>()
  const calls: Syscall[] = []
  for (const line of trace.split('\n')) {
    const [, thread = '', time = '', said = ''] = /^(?:\[pid +)?(\d+)\]? +(\d+\.\d+) (.*)$/s.exec(line) ?? []
    if (!said) continue
    if (said.endsWith('<unfinished ...>')) {
      open.set(thread, { began: Number(time), text: said.slice(0, -'<unfinished ...>'.length) })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(said)
    const first = resumed ? open.get(thread) : undefined
    if (resumed) open.delete(thread)
    const began = first?.began ?? Number(time)
    const text = first ? first.text + (resumed?.[1] ?? '') : said
    const spent = /<(\d+\.\d+)>$/.exec(text)?.[1]
    const name = /^(\w+)\(/.exec(text)?.[1]
    if (name && spent !== undefined) calls.push({ name, text, began, ended: began + Number(spent) })
  }
  return calls
}

const isSync = ({ name }: Syscall) => name === 'fdatasync' || name === 'fsync'
const isOfLog = ({ text }: Syscall) => /^\w+\(\d+<[^>]*-wal>/.test(text)
const isToSocket = ({ name, text }: Syscall) =>
  /^(write|writev|sendto|sendmsg)$/.test(name) && /^\w+\(\d+<(?:socket|TCP|TCPv6)\b/.test(text)
const isSuccess = ({ text }: Syscall) => /\) += \d/.test(text)

/**
 * For each mark, which is the content of one stored row: what is wrong with the order of its calls. Correct is: the mark is
 * written to the `-wal`, a sync of that file begins after the write has ended, and only after the end of the sync is the
 * mark written to any socket.
 */
export function durabilityViolations(calls: readonly Syscall[], marks: readonly string[]): string[] {
  const syncs = calls.filter((call) => isSync(call) && isOfLog(call) && isSuccess(call))
  const writes = calls.filter((call) => call.name.startsWith('pwrite') && isOfLog(call))
  const sends = calls.filter(isToSocket)
  return marks.flatMap((mark) => {
    const written = earliest(writes, mark)
    const told = earliest(sends, mark)
    if (!written) return [`${mark} was never written to the log`]
    if (!told) return [`${mark} was never told`]
    const covered = syncs.some((sync) => sync.began >= written.ended && sync.ended <= told.began)
    return covered
      ? []
      : [`${mark} was told ${((told.began - written.ended) * 1e6).toFixed(0)} µs after its write, unsynced`]
  })
}

const earliest = (calls: readonly Syscall[], mark: string): Syscall | undefined =>
  calls.filter(({ text }) => text.includes(mark)).toSorted((a, b) => a.began - b.began)[0]
