import { fstatSync, write } from 'node:fs'

/** What became of one write: how many bytes went out, or why none did. */
export type Written = (error: NodeJS.ErrnoException | null, bytes: number) => void

/** Where bytes go. One write at a time: the next may begin when the last has answered. */
export type Output = { write(bytes: Buffer, done: Written): void }

/**
 * stdout (1) or stderr (2) without ever holding the event loop. The file descriptor may be shared with the shell and npm,
 * so it is never closed: its number would go to the next file that is opened, the database perhaps.
 */
export function createOutput(fd: 1 | 2): Output {
  return isPipe(fd) ? pipeOutput(fd) : threadOutput(fd)
}

/** On Windows Node writes to pipes synchronously: there they are written by threads as well. */
function isPipe(fd: number): boolean {
  if (process.platform === 'win32') return false
  const file = fstatSync(fd)
  return file.isFIFO() || file.isSocket()
}

/**
 * Pipes and sockets. Node makes them non-blocking (and, when the process ends, what they were before): a reader that does
 * not read costs nothing but the bytes that wait. A thread would be stuck in the write, and the process waits for its
 * threads before it ends. After an error (the reader is gone) the stream can still be written to: one may come back.
 */
function pipeOutput(fd: 1 | 2): Output {
  const stream = fd === 1 ? process.stdout : process.stderr
  stream.on('error', () => undefined)
  return {
    write(bytes, done) {
      stream.write(bytes, (error) => done(error ?? null, error ? 0 : bytes.length))
    },
  }
}

/** Files, devices and terminals: each write may block as long as the disk does, so a thread of the pool makes it. */
function threadOutput(fd: number): Output {
  return { write: (bytes, done) => write(fd, bytes, 0, bytes.length, null, done) }
}
