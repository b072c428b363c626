import type { Parlor, Room, Sending, Store } from '@parlor/client'
import { upload } from '@parlor/client/files'
import * as limits from '@parlor/client/limits'
import { createStore } from '@parlor/client/store'
import { failureOf } from '../../failure.ts'
import { createShelf, type Facts, type Shelf } from './shelf.ts'

/** A file on its way into a message, as it is shown. Replaced, never mutated. */
export type Attachment = {
  readonly facts: Facts
  /** Bytes. */
  readonly size: number
  /** The address of a picture's bytes in this page; null for other files. */
  readonly preview: string | null
  readonly phase: 'uploading' | 'ready' | 'failed'
  /** Bytes that the server has. */
  readonly sent: number
  /** Why it failed, or why it cannot go on for the moment: a code. */
  readonly error: string | null
}

type Given = { alt?: string; waveform?: readonly number[] }

/** The files on their way into messages of one room. */
export type Attachments = {
  readonly list: Store<readonly Attachment[]>
  /** Whether the browser was asked for the files of earlier pages. */
  readonly restored: Store<boolean>
  /** Begins to upload them, for the tray; answers how many there was no room for (rule AT1). */
  add(files: readonly File[]): number
  /** What it shows; told to the server with the upload, or else before its message is sent. */
  setAlt(key: string, alt: string): void
  retry(key: string): void
  /** Ends its upload. A message that waited for it and has nothing else is discarded. */
  remove(key: string): void
  /** Sends a message with the files of the tray, once they have come (rule AT2). */
  send(room: Room, ...message: Parameters<Room['send']>): Sending
  /** Sends a message of one file, past the tray. */
  sendAlone(room: Room, file: File, given: Given): Sending
  /** The room as it is joined now: its messages get their files, and what they have is dropped. Answers how to end this. */
  follow(room: Room): () => void
}

/** Of the tray: those that no message waits for. */
export const inTray = (list: readonly Attachment[]): Attachment[] =>
  list.filter(({ facts }) => facts.client_id === null)
export const ofMessage = (list: readonly Attachment[], client_id: string | null): Attachment[] =>
  client_id === null ? [] : list.filter(({ facts }) => facts.client_id === client_id)

const known = new WeakMap<Parlor, Map<string, Attachments>>()

/** Those of a room and user: the same for as long as the page is open, so that uploads continue when the room is left. */
export function attachmentsIn(parlor: Parlor, room_id: string, user_id: string): Attachments {
  const own = known.get(parlor) ?? new Map<string, Attachments>()
  known.set(parlor, own)
  const name = `${user_id} ${room_id}`
  const forget = () => void own.delete(name)
  const made = own.get(name) ?? createAttachments(parlor, room_id, user_id, createShelf(user_id), forget)
  own.set(name, made)
  return made
}

/** The part of an attachment that only its upload needs. */
type Work = { bytes: Blob; ending: AbortController; release: () => void; savedAlt: string }

function createAttachments(
  parlor: Parlor,
  room_id: string,
  user_id: string,
  shelf: Shelf,
  onLeft: () => void,
): Attachments {
  const list = createStore<readonly Attachment[]>([])
  const restored = createStore(false)
  const works = new Map<string, Work>()
  /** As it was joined last. */
  let room: Room | null = null

  const find = (key: string) => list.get().find(({ facts }) => facts.key === key)
  const isHere = () => parlor.me.get()?.id === user_id
  // A browser that stores nothing, or has no space left: the file lasts as long as the page.
  const keep = (stored: Promise<void>) => void stored.catch(() => {})

  function change(
    key: string,
    { facts, ...part }: Partial<Omit<Attachment, 'facts'>> & { facts?: Partial<Facts> },
  ): void {
    list.set(
      list.get().map((one) => (one.facts.key === key ? { ...one, ...part, facts: { ...one.facts, ...facts } } : one)),
    )
    const changed = find(key)
    if (facts && changed) keep(shelf.note(changed.facts))
  }

  function show(facts: Facts, bytes: Blob, release: () => void): void {
    works.set(facts.key, { bytes, ending: new AbortController(), release, savedAlt: facts.alt })
    const preview = bytes.type.startsWith('image/') ? URL.createObjectURL(bytes) : null
    list.set([...list.get(), { facts, size: bytes.size, preview, phase: 'uploading', sent: 0, error: null }])
    void run(facts.key)
  }

  /** Uploads the file and says what it shows; a failure stays with it (rule AT4). */
  async function run(key: string): Promise<void> {
    const [one, work] = [find(key), works.get(key)]
    if (!one || !work) return
    const { name, id } = one.facts
    change(key, { phase: 'uploading', error: null })
    try {
      const waveform = one.facts.waveform ?? (id === null ? await measured(work.bytes) : null)
      work.ending.signal.throwIfAborted()
      const file = await upload(parlor, work.bytes, {
        ...{ room_id: one.facts.room_id, name, alt: one.facts.alt, signal: work.ending.signal },
        ...(id === null ? {} : { resume: id }),
        ...(waveform === null ? {} : { waveform }),
        onProgress({ id: now, sent, error }) {
          change(key, {
            sent,
            error: error?.code ?? null,
            ...(now === find(key)?.facts.id ? {} : { facts: { id: now } }),
          })
        },
      })
      // Its upload may have begun before it was described, on another page too.
      work.savedAlt = file.alt ?? ''
      await saveAlt(key, work, file.id)
      change(key, { phase: 'ready', sent: one.size, error: null, facts: { id: file.id } })
      release(find(key)?.facts.client_id ?? null)
    } catch (thrown) {
      // Another user has signed in, or the file was removed.
      if (isHere() && works.get(key) === work) change(key, { phase: 'failed', error: failureOf(thrown).code })
    }
  }

  async function saveAlt(key: string, work: Work, id: string): Promise<void> {
    const alt = () => find(key)?.facts.alt ?? ''
    // It may be written on meanwhile.
    while (alt() !== work.savedAlt) {
      const saved = alt()
      await parlor.call('uploads.describe', { id, alt: saved })
      work.savedAlt = saved
    }
  }

  /** All files of the message have come: it is sent. */
  function release(client_id: string | null): void {
    const own = ofMessage(list.get(), client_id)
    const ids = own.flatMap(({ facts: { id }, phase }) => (phase === 'ready' && id !== null ? [id] : []))
    if (client_id === null || ids.length < own.length || !room) return
    room.setFiles(client_id, ids)
    for (const { facts } of own) keep(shelf.remove(facts.key))
  }

  function drop(key: string): void {
    const [one, work] = [find(key), works.get(key)]
    if (one?.preview) URL.revokeObjectURL(one.preview)
    works.delete(key)
    work?.release()
    list.set(list.get().filter(({ facts }) => facts.key !== key))
    keep(shelf.remove(key))
  }

  /** Whether a message of this page still waits for it, or none does yet. */
  const isNeeded = ({ client_id }: Facts) =>
    client_id === null ||
    room?.messages.get().items.some(({ message }) => message.id === null && message.client_id === client_id)

  /** Drops what belongs to messages that are stored, or were discarded. */
  function prune(): void {
    for (const { facts, phase } of isHere() ? list.get() : []) {
      if (isNeeded(facts)) continue
      if (phase !== 'ready') works.get(facts.key)?.ending.abort()
      drop(facts.key)
    }
  }

  async function restore(): Promise<void> {
    const found = await shelf.inRoom(room_id).catch(() => [])
    // Messages that another tab wrote are sent by the next page that is opened.
    for (const { facts, bytes } of found.filter((one) => isNeeded(one.facts))) {
      const lock = await claim(facts.key)
      if (lock && isHere() && !works.has(facts.key)) show(facts, bytes, lock)
      else lock?.()
    }
    restored.set(true)
  }

  /** The user has left: what the browser keeps of them is not decided here (rule W1). */
  function leave(): void {
    if (isHere()) return
    stopFollowingUser()
    for (const { preview } of list.get()) if (preview) URL.revokeObjectURL(preview)
    for (const { release: unlock } of works.values()) unlock()
    works.clear()
    list.set([])
    onLeft()
  }

  async function addOne(file: File, { alt = '', waveform }: Given, client_id: string | null): Promise<void> {
    const facts: Facts = {
      ...{ key: newKey(), room_id, name: file.name, alt, waveform: waveform ?? null, client_id, id: null },
      added_at: Date.now(),
    }
    let unlock = () => {}
    show(facts, file, () => unlock())
    unlock = (await claim(facts.key)) ?? unlock
    await shelf.put(facts, file).catch(() => {})
    // Its upload may have begun meanwhile, or it was removed.
    const now = find(facts.key)
    keep(now ? shelf.note(now.facts) : shelf.remove(facts.key))
    if (!now) unlock()
  }

  const stopFollowingUser = parlor.me.subscribe(leave)

  return {
    list,
    restored,
    add(files) {
      const free = Math.max(0, limits.message_files - inTray(list.get()).length)
      for (const file of files.slice(0, free)) void addOne(file, {}, null)
      return Math.max(0, files.length - free)
    },
    setAlt(key, alt) {
      change(key, { facts: { alt } })
    },
    retry: (key) => void run(key),
    remove(key) {
      const one = find(key)
      if (!one) return
      works.get(key)?.ending.abort()
      // One that has come is not uploaded any more.
      if (one.phase !== 'uploading' && one.facts.id !== null)
        parlor.call('uploads.delete', { id: one.facts.id }).catch(() => {})
      drop(key)
      const { client_id } = one.facts
      if (client_id === null) return
      const message = room?.messages.get().items.find((item) => item.message.client_id === client_id)
      if (ofMessage(list.get(), client_id).length > 0 || message?.message.content) release(client_id)
      else message?.discard?.()
    },
    send(joined, content, options = {}) {
      const tray = inTray(list.get())
      const sending = joined.send(content.trim() === '' ? '' : content, { ...options, file_ids: 'later' })
      for (const { facts, phase } of tray) {
        change(facts.key, { facts: { client_id: sending.client_id } })
        if (phase === 'ready' && works.get(facts.key)?.savedAlt !== facts.alt) void run(facts.key)
      }
      release(sending.client_id)
      return sending
    },
    sendAlone(joined, file, given) {
      const sending = joined.send('', { file_ids: 'later' })
      void addOne(file, given, sending.client_id)
      return sending
    },
    follow(now) {
      const isFirst = room === null
      room = now
      if (isFirst) void restore()
      prune()
      for (const { facts } of list.get()) release(facts.client_id)
      return now.messages.subscribe(prune)
    },
  }
}

/** The waveform of sound that was chosen; a recording of the app brings its own. */
async function measured(bytes: Blob): Promise<readonly number[] | null> {
  if (!bytes.type.startsWith('audio/')) return null
  const { waveformOf } = await import('./waveform.ts')
  return waveformOf(bytes)
}

/** Takes a file for this tab, so that no other one uploads it too; null: another one has it (rule AT3). */
function claim(key: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    // Only secure pages have locks.
    if (!('locks' in navigator)) return resolve(() => {})
    const held = new Promise<void>((release) => {
      navigator.locks
        .request(`parlor.file.${key}`, { ifAvailable: true }, (lock) => {
          resolve(lock ? release : null)
          return lock ? held : undefined
        })
        .catch(() => resolve(() => {}))
    })
  })
}

/** `randomUUID` exists only on secure pages. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
