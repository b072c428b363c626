/** Whether the browser shows notifications of this page. `ask`: it will ask. `insecure`: only with HTTPS. `none`: it has none. */
export type Permission = 'granted' | 'ask' | 'denied' | 'insecure' | 'none'

type Browser = { isSecureContext: boolean; Notification?: { permission: NotificationPermission } }

export function permissionOf({ isSecureContext, Notification }: Browser): Permission {
  // Chrome says "denied" there, which nobody could change.
  if (!isSecureContext) return 'insecure'
  if (!Notification) return 'none'
  return Notification.permission === 'default' ? 'ask' : Notification.permission
}

/** Calls when the user may have changed it, in the browser's own settings too; returns a function that ends this. */
export function followPermission(follow: () => void): () => void {
  const ended = new AbortController()
  const { signal } = ended
  // For browsers that do not tell.
  window.addEventListener('focus', follow, { signal })
  navigator.permissions
    .query({ name: 'notifications' })
    .then((status) => status.addEventListener('change', follow, { signal }))
    .catch(() => {})
  return () => ended.abort()
}
