import type { Browser, WebStorage } from '../browser.ts'

/** A key-value store for what must survive the client. A write may fail, and then throws. */
export type Keep = {
  get(key: string): string | null
  set(key: string, text: string): void
  remove(key: string): void
  keys(): string[]
}

/** The prefix of all keys of this package. */
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

/**
 * The store for the `storage` option. A page without access to localStorage gets memory: everything works until the
 * page is closed.
 */
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

/** The JSON object under the key; null if there is none, or another value. */
export function readObject(keep: Keep, key: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(keep.get(key) ?? 'null')
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
