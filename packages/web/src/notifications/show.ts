import { basePath } from '../base-path.ts'

export type Notice = {
  title: string
  body: string
  /** One with the same key is replaced. */
  key: string
  /** Whether one that replaces another alerts anew. */
  isLoud: boolean
  onPress: () => void
}

/** `renotify` is not in TypeScript's DOM types. */
type Options = NotificationOptions & { renotify: boolean }

/**
 * Shows a notification of the browser; returns a function that closes it, or null where the browser refuses: those of Android
 * have the constructor, and allow it to nobody.
 */
export function showNotification({ title, body, key, isLoud, onPress }: Notice): (() => void) | null {
  if (Notification.permission !== 'granted') return null
  // The sound has a switch of its own.
  const options: Options = { body, tag: `parlor.${key}`, renotify: isLoud, silent: true, icon: `${basePath}icon.svg` }
  try {
    const shown = new Notification(title, options)
    shown.addEventListener('click', () => {
      window.focus()
      onPress()
      shown.close()
    })
    return () => shown.close()
  } catch (thrown) {
    if (thrown instanceof TypeError) return null
    throw thrown
  }
}
