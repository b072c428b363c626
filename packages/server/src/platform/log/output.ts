import { fstatSync, write } from 'node:fs'

/** The result of one write: how many bytes were written, or why none. */
export type Written = (error: NodeJS.ErrnoException | null, bytes: number) => void

/** A destination of bytes. One write at a time: the next may start when the last has called back. */
export type Output = { write(bytes: Buffer, done: Written): void }

/**
 * Writes to stdout (1) or stderr (2) without ever blocking the event loop. The file descriptor may be shared with the
 * shell and npm, so it is never closed: its number would go to the next opened file, which could be the database.
 */
export function createOutput(fd: 1 | 2): Output {
  return isPipe(fd) ? pipeOutput(fd) : threadOutput(fd)
}

/** On Windows Node writes to pipes synchronously, so they are written by threads too. */
function isPipe(fd: number): boolean {
  if (process.platform === 'win32') return false
  const file = fstatSync(fd)
  return file.isFIFO() || file.isSocket()
}

/**
 * Pipes and sockets. Node makes them non-blocking (and restores them when the process ends): a reader that does not
 * read costs only the queued bytes. A thread would hang in the write, and the process waits for its threads before it
 * ends. After an error (the reader is gone) the stream can still be written to: a new reader may open it.
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

/** Files, devices and terminals: a write may block as long as the disk does, so a thread of the pool makes it. */
function threadOutput(fd: number): Output {
  return { write: (bytes, done) => write(fd, bytes, 0, bytes.length, null, done) }
}
