import { createStore, derived, type WritableStore } from '@parlor/client/store'

/** What the tab says of the page, and of rooms with unread messages (rule W16). */
export type PageTitle = {
  /** The page; null: the app itself. */
  page: WritableStore<string | null>
  /** Rooms with unread messages of which the user wants to hear. */
  unread: WritableStore<number>
}

const asText = (page: string | null, unread: number): string =>
  `${unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : ''}${page === null ? 'Parlor' : `${page} · Parlor`}`

/** Follows both in the title, the icon of the tab, and the badge of an installed app. */
export function createPageTitle({ document, navigator }: Pick<Window, 'document' | 'navigator'>): PageTitle {
  const page = createStore<string | null>(null)
  const unread = createStore(0)
  const text = derived([page, unread], () => asText(page.get(), unread.get()))
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  const plain = icon?.href ?? ''
  text.subscribe(() => {
    document.title = text.get()
  })
  unread.subscribe(() => {
    const count = unread.get()
    const shown = count > 0 ? plain.replace('icon.svg', 'icon-unread.svg') : plain
    if (icon && icon.href !== shown) icon.href = shown
    // Only installed apps have a badge; browsers without one lack the function, or refuse.
    if ('setAppBadge' in navigator)
      void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {})
  })
  return { page, unread }
}
