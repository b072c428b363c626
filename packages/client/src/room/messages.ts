import * as limits from '../generated/limits.generated.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { Pending } from './outbox/outbox.ts'
import { createStore, derived } from '../store.ts'
import * as timeline from './timeline.ts'
import type { Me, Message, Messages, MessageWindow, Person, TimelineItem } from '../types.ts'

export type MessagesDeps = {
  room_id: string
  size: number
  outbox: Outbox
  me: () => Me | null
  /** A page of the room's history. */
  page: (range: { before?: number; after?: number; limit: number }) => Promise<timeline.Page>
}

/** The window of a room's messages, and the methods that move it. */
export type MessageLog = {
  readonly messages: Messages
  begin(older: number | null): void
  /** A message arrived, live or recovered. */
  receive(message: Message): void
  /** A person has a new name or picture. */
  updatePerson(person: Person): void
  close(): void
}

const pageSize = 100
/** Maximum pages searched for one message. */
const searched = { size: limits.history_page, pages: 20 }

export function createMessageLog({ room_id, size, outbox, me, page }: MessagesDeps): MessageLog {
  const kept = createStore(timeline.emptyWindow)
  let anchor: number | null = null
  const items = createItems(outbox, me)
  const pending = outbox.pending(room_id)
  const shown = derived([kept, pending], () => items(kept.get(), pending.get()))
  const bounds = () => ({ size, anchor })

  /** One page request at a time at each end. */
  function single(load: () => Promise<void>): () => Promise<void> {
    let loading: Promise<void> | null = null
    return () => {
      loading ??= load().finally(() => {
        loading = null
      })
      return loading
    }
  }

  const loadOlder = single(async () => {
    const before = timeline.olderThan(kept.get())
    if (before === null) return
    const { generation } = kept.get()
    const older = await page({ before, limit: pageSize })
    if (kept.get().generation === generation) kept.set(timeline.prepend(kept.get(), older, before, bounds()))
  })

  const loadNewer = single(async () => {
    const after = timeline.newerThan(kept.get())
    if (after === null) return
    const { generation } = kept.get()
    const newer = await page({ after, limit: pageSize })
    if (kept.get().generation === generation) kept.set(timeline.append(kept.get(), newer, after, bounds()))
  })

  const jumpToLatest = single(async () => {
    anchor = null
    if (!kept.get().hasNewer) return
    const { generation } = kept.get()
    const newest = await page({ limit: pageSize })
    if (kept.get().generation !== generation) return
    kept.set(timeline.showLatest(kept.get(), newest))
    // Messages that arrived during the page request.
    for (let tries = 0; kept.get().hasNewer && tries < 5; tries++) await loadNewer()
  })

  async function loadAround(id: string): Promise<boolean> {
    const isIt = (message: Message) => message.id === id
    if (kept.get().messages.some(isIt)) return true
    const { generation } = kept.get()
    let before = timeline.olderThan(kept.get())
    for (let tries = 0; before !== null && tries < searched.pages; tries++) {
      const found = await page({ before, limit: searched.size })
      if (kept.get().generation !== generation) return false
      if (found.messages.some(isIt)) {
        kept.set(timeline.showOlder(kept.get(), found))
        return true
      }
      before = found.next_cursor
    }
    return false
  }

  return {
    messages: {
      get: shown.get,
      subscribe: shown.subscribe,
      loadOlder,
      loadNewer,
      jumpToLatest,
      loadAround,
      lookAt(key) {
        const item = key === null ? undefined : shown.get().items.find((one) => one.key === key)
        anchor = item?.message.seq ?? null
      },
    },
    begin: (older) => kept.set(timeline.begin(kept.get(), older)),
    receive: (message) => kept.set(timeline.receive(kept.get(), message, bounds())),
    updatePerson: (person) => kept.set(timeline.updatePerson(kept.get(), person)),
    close: shown.close,
  }
}

/** Creates timeline items from messages; the same message gives the same object. */
function createItems(outbox: Outbox, me: () => Me | null) {
  const ofStored = new WeakMap<Message, TimelineItem>()
  const ofPending = new WeakMap<Pending, TimelineItem>()

  function stored(message: Message): TimelineItem {
    const known = ofStored.get(message)
    if (known) return known
    const key = keyOf(message.sender.id, message.client_id) ?? message.id
    const item: TimelineItem = { key, status: 'sent', error: null, message, retry: null, discard: null }
    ofStored.set(message, item)
    return item
  }

  function unsent(one: Pending): TimelineItem {
    const known = ofPending.get(one)
    if (known) return known
    const { client_id, failed } = one.unsent
    const isFailed = one.phase === 'failed'
    const message = one.message ?? asMessage(one.unsent, me())
    const item: TimelineItem = {
      key: keyOf(message.sender.id, client_id) ?? client_id,
      status: one.phase,
      error: failed,
      message,
      retry: isFailed ? () => outbox.retry(client_id) : null,
      discard: isFailed || one.phase === 'waiting' ? () => outbox.discard(client_id) : null,
    }
    ofPending.set(one, item)
    return item
  }

  return (window: timeline.Window, pending: readonly Pending[]): MessageWindow => {
    const { messages, older, hasNewer, unseen, generation } = window
    // Hides an outbox message that the window has already, until the outbox drops it.
    const isThere = ({ message }: Pending) => message !== null && message.seq <= window.newest
    const own = pending.filter((one) => !isThere(one))
    const items = [...messages.map(stored), ...own.map(unsent)]
    return { items, hasOlder: older !== null, hasNewer, unseen, generation }
  }
}

/** Rule S5. */
const keyOf = (sender_id: string, client_id: string | null) => (client_id === null ? null : `${sender_id} ${client_id}`)

function asMessage({ room_id, client_id, content, reply_to, order, file_ids }: Pending['unsent'], me: Me | null) {
  const { id = '', username: name = '', avatar_url = null, guest = false } = me ?? {}
  return {
    id: null,
    room_id,
    seq: null,
    client_id,
    type: 'text' as const,
    content,
    format: null,
    url: null,
    sender: { id, name, avatar_url, guest },
    reply_to,
    created_at: new Date(order).toISOString(),
    edited_at: null,
    file_ids,
  }
}
