/** What the browser stores for one user; removed when they sign out, and never shown to another user. */
export type UserStorage = {
  /** Null if there is none, or the browser allows no storage. */
  get(name: string): string | null
  /** Null removes it. Without storage, or with none left, the value is lost with the page. */
  set(name: string, text: string | null): void
}

/** The name of the browser's database of files that this user is sending. */
export const filesOf = (user_id: string) => `${prefixOf(user_id)}files`
const prefixOf = (user_id: string) => `parlor.of.${user_id}.`

export function userStorage(user_id: string): UserStorage {
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

/** Removes everything stored for this user. Where the browser allows no storage there is none. */
export function clearUserStorage(user_id: string): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefixOf(user_id))) localStorage.removeItem(key)
    indexedDB.deleteDatabase(filesOf(user_id))
  } catch {}
}
