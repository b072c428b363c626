import { createStore, type Store } from '@parlor/client/store'
import { basePath } from './base-path.ts'
import { createOverlays, type Overlays } from './overlays.ts'
import { parseUrl } from './parse-url.ts'

export type Route =
  | { page: 'landing' }
  | { page: 'account' }
  | { page: 'setup'; token: string | null }
  | { page: 'room'; room_id: string; invite: string | null }
  | { page: 'not_found' }

export type Router = {
  route: Store<Route>
  /** Navigates to a path of the app. */
  go(to: string): void
  openOverlay: Overlays['open']
}

/** The page of a path and its fragment. */
export function routeOf({ pathname, hash }: { pathname: string; hash: string }): Route {
  if (!`${pathname}/`.startsWith(basePath)) return { page: 'not_found' }
  const path = pathname.slice(basePath.length - 1).replace(/\/+$/, '')
  if (path === '' || path === '/rooms') return { page: 'landing' }
  if (path === '/account') return { page: 'account' }
  if (path === '/setup') return { page: 'setup', token: new URLSearchParams(hash.slice(1)).get('token') }
  const room_id = decoded(/^\/r\/([^/]+)$/.exec(path)?.[1])
  if (room_id === null) return { page: 'not_found' }
  return { page: 'room', room_id, invite: new URLSearchParams(hash.slice(1)).get('invite') }
}

export const roomPath = (room_id: string, invite?: string | null): string =>
  `${basePath}r/${encodeURIComponent(room_id)}${invite ? `#${new URLSearchParams({ invite })}` : ''}`

/** The path of a room from pasted text: a whole link, a path or a room's id. Null if it is none of these. */
export function roomPathFrom(pasted: string): string | null {
  const text = pasted.trim()
  const isId = /^[\w.-]{1,128}$/.test(text) && !/^[\w-]+\.[\w.-]+$/.test(text)
  const url = parseUrl(
    isId ? roomPath(text) : /^[\w.-]+(:\d+)?\/(.+\/)?r\//.test(text) ? `https://${text}` : text,
    'https://-',
  )
  const route = url && routeOf({ pathname: url.pathname.replace(/^.*?\/r\//, `${basePath}r/`), hash: url.hash })
  return route?.page === 'room' ? roomPath(route.room_id, route.invite) : null
}

/** The History API as a store. Links within the app are followed without a reload. */
export function createRouter(window: Window): Router {
  const { location, history, document } = window
  const route = createStore(routeOf(location))
  const follow = () => route.set(routeOf(location))
  const overlays = createOverlays(window)
  const go = (to: string) =>
    overlays.navigate((isNew) => {
      if (isNew) history.pushState(null, '', to)
      else history.replaceState(null, '', to)
      follow()
      window.scrollTo(0, 0)
    })
  window.addEventListener('popstate', follow)
  window.addEventListener('hashchange', follow)
  document.addEventListener('click', (event) => {
    const to = ownLink(event, location)
    if (to === null) return
    event.preventDefault()
    go(to)
  })
  return { route, go, openOverlay: overlays.open }
}

/** The path that a plain click on a link of the app leads to; null for every other click. */
function ownLink(event: MouseEvent, { origin }: Location): string | null {
  if (event.defaultPrevented || event.button !== 0) return null
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target || link.origin !== origin || link.hasAttribute('download')) return null
  if (link.getAttribute('href')?.startsWith('#')) return null
  const { pathname, hash } = link
  return routeOf({ pathname, hash }).page === 'not_found' ? null : pathname + hash
}

function decoded(part: string | undefined): string | null {
  if (part === undefined) return null
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
