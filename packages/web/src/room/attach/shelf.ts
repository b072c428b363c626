import { filesOf } from '../../user-storage.ts'

/** What is known of a file that is on its way, besides its bytes. */
export type Facts = {
  /** Names it in this browser. */
  key: string
  room_id: string
  name: string
  alt: string
  /** 100 peaks of a voice note; null for other files. */
  waveform: readonly number[] | null
  /** The message that waits for it; null: it stands in the tray. */
  client_id: string | null
  /** Of its upload on the server; null: that has not begun. */
  id: string | null
  /** In ms since 1970. */
  added_at: number
}

/** The files on their way of one user, in the browser's database, so that they outlive a reload (rule AT3). */
export type Shelf = {
  put(facts: Facts, bytes: Blob): Promise<void>
  /** Writes the facts of a file that is there. */
  note(facts: Facts): Promise<void>
  remove(key: string): Promise<void>
  /** The files of a room, in the order in which they were added. */
  inRoom(room_id: string): Promise<{ facts: Facts; bytes: Blob }[]>
}

/** Bytes of a file, and of all together, that are kept. */
const most = { file: 100 * 1024 * 1024, all: 500 * 1024 * 1024 }
/** Ms. The server attaches a file until 47 h after its upload began. */
const keptFor = 46 * 3_600_000

type Row = { facts: Facts; size: number }

/** Every call rejects in a browser that keeps nothing: the files then last as long as the page. */
export function createShelf(user_id: string): Shelf {
  let opened: Promise<IDBDatabase> | null = null
  const open = () => {
    opened ??= openDatabase(filesOf(user_id), () => {
      opened = null
    })
    return opened
  }

  async function write(change: (rows: IDBObjectStore, bytes: IDBObjectStore) => void): Promise<void> {
    const transaction = (await open()).transaction(['rows', 'bytes'], 'readwrite')
    change(transaction.objectStore('rows'), transaction.objectStore('bytes'))
    await finished(transaction)
  }

  async function rows(): Promise<Row[]> {
    const transaction = (await open()).transaction('rows')
    const all: Row[] = await answered(transaction.objectStore('rows').getAll())
    return all.toSorted((one, other) => one.facts.added_at - other.facts.added_at)
  }

  return {
    async put(facts, blob) {
      const used = (await rows()).reduce((sum, { size }) => sum + size, 0)
      if (blob.size > most.file || used + blob.size > most.all) return
      await write((rows, bytes) => {
        rows.put({ facts, size: blob.size }, facts.key)
        bytes.put(blob, facts.key)
      })
    },
    note: (facts) =>
      write((rows) => {
        const asked: IDBRequest<Row | undefined> = rows.get(facts.key)
        asked.addEventListener('success', () => {
          if (asked.result) rows.put({ ...asked.result, facts }, facts.key)
        })
      }),
    remove: (key) =>
      write((rows, bytes) => {
        rows.delete(key)
        bytes.delete(key)
      }),
    async inRoom(room_id) {
      const all = await rows()
      const isOld = ({ facts }: Row) => facts.added_at < Date.now() - keptFor
      for (const { facts } of all.filter(isOld)) await this.remove(facts.key)
      const here = all.filter((row) => !isOld(row) && row.facts.room_id === room_id)
      const stored = (await open()).transaction('bytes').objectStore('bytes')
      const found = await Promise.all(
        here.map(async ({ facts }) => ({ facts, bytes: await answered<unknown>(stored.get(facts.key)) })),
      )
      return found.flatMap(({ facts, bytes }) => (bytes instanceof Blob ? [{ facts, bytes }] : []))
    },
  }
}

async function openDatabase(name: string, onClosed: () => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore('rows')
    request.result.createObjectStore('bytes')
  })
  const database = await answered(request)
  // It is deleted when the user signs out, here or in another tab.
  database.addEventListener('versionchange', () => {
    database.close()
    onClosed()
  })
  return database
}

function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('No answer')))
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('Not stored')))
  })
}
