/** The part of the Web Locks API that tabs agree with; null where there is none: on pages without HTTPS. */
export type Locks = {
  request(
    name: string,
    options: { mode: 'exclusive' | 'shared'; signal: AbortSignal },
    onHeld: () => Promise<void>,
  ): Promise<unknown>
  query(): Promise<{ held?: readonly { name?: string }[] }>
} | null

export type Tabs = {
  /** Whether this is the tab that announces. */
  isFirst(): boolean
  /** The room that this tab shows to someone who looks at it; null: none, or nobody looks. */
  look(room_id: string | null): void
  /** Of these rooms those that no tab shows. */
  unseen(room_ids: readonly string[]): Promise<readonly string[]>
  close(): void
}

/**
 * How the tabs of one user in one browser agree (rule NO3): the first one holds a lock, and each holds one for the room that
 * it shows. The browser releases them when a tab ends in whatever way, and freezes no tab that holds one.
 */
export function createTabs(locks: Locks, user_id: string): Tabs {
  const prefix = `parlor.${user_id}.`
  const ended = new AbortController()
  let isFirst = locks === null
  let looking: string | null = null
  let release = () => {}

  /** Holds the lock until the returned function is called, or the tab is closed. */
  function hold(name: string, mode: 'exclusive' | 'shared', onHeld = () => {}): () => void {
    const left = new AbortController()
    const signal = AbortSignal.any([left.signal, ended.signal])
    const held = async () => {
      onHeld()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    }
    // A request that still waits is refused when it is given up.
    locks?.request(prefix + name, { mode, signal }, held).catch(() => {})
    return () => left.abort()
  }

  hold('first', 'exclusive', () => {
    isFirst = true
  })

  return {
    isFirst: () => isFirst,
    look(room_id) {
      if (room_id === looking) return
      release()
      looking = room_id
      release = room_id === null ? () => {} : hold(`room.${room_id}`, 'shared')
    },
    async unseen(room_ids) {
      const { held = [] } = (await locks?.query()) ?? {}
      const names = new Set(held.map(({ name }) => name))
      return room_ids.filter((id) => id !== looking && !names.has(`${prefix}room.${id}`))
    },
    close() {
      ended.abort()
      isFirst = false
    },
  }
}
