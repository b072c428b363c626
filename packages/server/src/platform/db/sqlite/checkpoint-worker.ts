import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { type CheckpointReply, isCheckpointJob } from './checkpoint.ts'

/** How often one job repeats the checkpoint; each pass moves what was written during the one before. */
const passes = 4
/** Bytes that may be left to checkpoint while writes are held. */
const moveWhileHeld = 4 << 20

/**
 * Checkpoints: moves the WAL's pages into the database file, and syncs both, on a thread of its own. It never waits for
 * a reader (rule DB1): pages that another process's read transaction keeps in the WAL are moved by a later job.
 * `reader` holds a read transaction almost always. It keeps the writing connection from resetting the WAL by itself,
 * which it would do during a commit and with an fsync of the new header. The WAL is reset only here, by `startOver`,
 * while the main thread holds its writes.
 */
function openCheckpointer(file: string, passiveAt: number, restartAt: number) {
  const writer = new DatabaseSync(file, { timeout: 0 })
  const reader = new DatabaseSync(file, { timeout: 0 })
  writer.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON')
  const frameBytes = Number(writer.prepare('PRAGMA page_size').get()?.['page_size']) + 24

  const checkpoint = (mode: 'NOOP' | 'PASSIVE' | 'RESTART' | 'TRUNCATE') => {
    // A SQLite version without NOOP runs PASSIVE instead, which is harmless here.
    const row = writer.prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {}
    const frames = { all: Number(row['log']), moved: Number(row['checkpointed']) }
    return {
      busy: row['busy'] !== 0,
      frames,
      bytes: frames.all * frameBytes,
      waiting: (frames.all - frames.moved) * frameBytes,
    }
  }
  const letGo = () => {
    if (reader.isTransaction) reader.exec('COMMIT')
  }
  const hold = () => {
    letGo()
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM sqlite_schema').get()
  }
  /**
   * The first write after a complete checkpoint resets the WAL: it writes and syncs a new header. This is that write.
   */
  const startOver = () => writer.exec('BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT')

  /** Checkpoints everything written before the call; false if a reader of an older snapshot prevented that. */
  const move = (): boolean => {
    const { all } = checkpoint('NOOP').frames
    hold()
    return checkpoint('PASSIVE').frames.moved >= all
  }
  const done = (reply: Partial<CheckpointReply> = {}): CheckpointReply => {
    const { bavail, bsize } = statfsSync(dirname(file))
    return { wantsRestart: false, isBlocked: false, error: null, freeBytes: bavail * bsize, ...reply }
  }

  return {
    look: (): CheckpointReply => {
      let wal = checkpoint('NOOP')
      if (wal.waiting < passiveAt && wal.bytes < restartAt) return done()
      for (let pass = 0; pass < passes; pass++) {
        if (!move()) return done({ isBlocked: true })
        wal = checkpoint('NOOP')
        if (wal.bytes < restartAt || wal.waiting <= moveWhileHeld) break
      }
      return done({ wantsRestart: wal.bytes >= restartAt && wal.waiting <= moveWhileHeld })
    },
    /** Runs while writes are held. Truncates a WAL that has grown large, so that it gives back disk space. */
    restart: (): CheckpointReply => {
      letGo()
      try {
        const moved = checkpoint('PASSIVE')
        if (moved.waiting > 0) return done({ isBlocked: true })
        if (checkpoint(moved.bytes > 2 * restartAt ? 'TRUNCATE' : 'RESTART').busy) return done({ isBlocked: true })
        startOver()
        return done()
      } finally {
        hold()
      }
    },
    vacuum: (): CheckpointReply => {
      letGo()
      try {
        // A reader keeps the old pages in the WAL: do not start.
        if (checkpoint('RESTART').busy) return done({ isBlocked: true })
        writer.exec('VACUUM')
        if (checkpoint('TRUNCATE').busy) return done({ isBlocked: true })
        startOver()
        return done()
      } finally {
        hold()
      }
    },
    /** Moves what it can, because the WAL is about to be lost. */
    rescue: (): CheckpointReply => {
      letGo()
      return done({ isBlocked: checkpoint('PASSIVE').waiting > 0 })
    },
    close: (): CheckpointReply => {
      reader.close()
      writer.close()
      return done()
    },
  }
}

/**
 * A full disk or a busy database is temporary; the next job tries again. Any other error ends this thread, and with it
 * the process: after a failed fsync of the database file a second one could succeed without the pages being on the
 * disk.
 */
const FULL = 13
const BUSY = 5
function passing(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return null
  const code = Number(thrown.errcode) & 0xff
  return code === FULL || code === BUSY ? thrown.message : null
}

const checkpointer = openCheckpointer(workerData.file, workerData.passiveAt, workerData.restartAt)
parentPort?.on('message', (job: unknown) => {
  if (!isCheckpointJob(job)) return
  try {
    parentPort?.postMessage(checkpointer[job]())
  } catch (thrown) {
    const error = passing(thrown)
    if (error === null) throw thrown
    const reply: CheckpointReply = { wantsRestart: false, isBlocked: true, freeBytes: null, error }
    parentPort?.postMessage(reply)
  }
})
