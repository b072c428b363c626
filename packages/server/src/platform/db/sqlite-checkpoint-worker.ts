import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { type CheckpointReply, isCheckpointJob } from './sqlite-checkpoint.ts'

/**
 * Moves the WAL's pages into the database file, with the fsyncs that belong to it, on a thread of its own.
 *
 * `reader` holds a read transaction almost always. It keeps the writing connection from starting the WAL over by
 * itself, which it would do in the midst of a write and with an fsync of the new header. The WAL starts over only
 * here, by `startOver`, while the main thread holds its writes.
 */
function openCheckpointer(file: string, passiveAt: number, restartAt: number) {
  const options = { timeout: 5000 }
  const writer = new DatabaseSync(file, options)
  const reader = new DatabaseSync(file, options)
  writer.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON')
  const frameBytes = Number(writer.prepare('PRAGMA page_size').get()?.['page_size']) + 24

  const checkpoint = (mode: 'NOOP' | 'PASSIVE' | 'RESTART' | 'TRUNCATE') => {
    // A SQLite that does not know NOOP yet runs PASSIVE for it, which is harmless here.
    const row = writer.prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {}
    const frames = { all: Number(row['log']), moved: Number(row['checkpointed']) }
    return {
      busy: row['busy'] !== 0,
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
  /** The first write after everything was moved writes the WAL's header and syncs it; this is that write. */
  const startOver = () => {
    writer.exec('BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT')
    hold()
  }

  const idle: CheckpointReply = { wantsRestart: false, error: null }
  return {
    look: (): CheckpointReply => {
      const wal = checkpoint('NOOP')
      if (wal.waiting < passiveAt && wal.bytes < restartAt) return idle
      hold()
      checkpoint('PASSIVE')
      return { ...idle, wantsRestart: wal.bytes >= restartAt }
    },
    restart: (): CheckpointReply => {
      letGo()
      checkpoint('RESTART')
      startOver()
      return idle
    },
    vacuum: (): CheckpointReply => {
      letGo()
      writer.exec('VACUUM')
      if (checkpoint('TRUNCATE').busy) throw new Error('The write-ahead log could not be emptied')
      startOver()
      return idle
    },
    close: (): CheckpointReply => {
      reader.close()
      writer.close()
      return idle
    },
  }
}

/**
 * A full disk or a busy database may pass; the next look tries again. All else ends this thread, and with it the
 * process: after a failed fsync of the database file a second one could succeed without the pages being on the disk.
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
    parentPort?.postMessage({ wantsRestart: false, error })
  }
})
