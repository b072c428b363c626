import type { Browser, WebStorage } from '../browser.ts'

/** Where a client keeps what must outlive it. Texts by key; a write may fail, and throws then. */
export type Keep = {
  get(key: string): string | null
  set(key: string, text: string): void
  remove(key: string): void
  keys(): string[]
}

/** Every key of ours begins with this. */
export const keyPrefix = 'parlor:'

export function memoryKeep(): Keep {
  const texts = new Map<string, string>()
  return {
    get: (key) => texts.get(key) ?? null,
    set: (key, text) => void texts.set(key, text),
    remove: (key) => void texts.delete(key),
    keys: () => [...texts.keys()],
  }
}

function webKeep(storage: WebStorage): Keep {
  return {
    get: (key) => storage.getItem(key),
    set: (key, text) => storage.setItem(key, text),
    remove: (key) => storage.removeItem(key),
    keys: () =>
      Array.from({ length: storage.length }, (_, n) => storage.key(n) ?? '').filter((key) => key.startsWith(keyPrefix)),
  }
}

/** What `storage` of the options means. A page that may keep nothing gets memory: it works, and forgets. */
export function keepFor(choice: 'local' | 'memory' | Keep | undefined, browser: Browser): Keep {
  if (typeof choice === 'object') return choice
  const storage = choice === 'memory' ? null : storageIfAllowed(browser)
  return storage ? webKeep(storage) : memoryKeep()
}

function storageIfAllowed({ window }: Browser): WebStorage | null {
  try {
    return window?.localStorage ?? null
  } catch {
    return null
  }
}

/** The object that stands there as JSON; null for nothing, and for what is no object. */
export function readObject(keep: Keep, key: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(keep.get(key) ?? 'null')
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
