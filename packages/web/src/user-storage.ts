/** What the browser keeps of one person: found by nobody else who sits down here, and gone when they sign out. */
export type Kept = {
  /** Null for nothing, and where the browser keeps nothing. */
  get(name: string): string | null
  /** Null: no longer. A browser that keeps nothing, or has no space left, forgets it with the page. */
  set(name: string, text: string | null): void
}

const prefixOf = (user_id: string) => `parlor.of.${user_id}.`

export function keptOf(user_id: string): Kept {
  const prefix = prefixOf(user_id)
  return {
    get(name) {
      try {
        return localStorage.getItem(prefix + name)
      } catch {
        return null
      }
    },
    set(name, text) {
      try {
        if (text === null) localStorage.removeItem(prefix + name)
        else localStorage.setItem(prefix + name, text)
      } catch {}
    },
  }
}

/** Takes away all that is kept of this person. */
export function forget(user_id: string): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefixOf(user_id))) localStorage.removeItem(key)
  } catch {}
}
