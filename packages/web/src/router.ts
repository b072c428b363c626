import { createStore, type Store } from '@parlor/client/store'
import { basePath } from './base-path.ts'
import { createOverlays, type Overlays } from './overlays.ts'
import { parseUrl } from './parse-url.ts'

export type Route =
  | { page: 'landing' }
  | { page: 'directory' }
  | { page: 'account' }
  | { page: 'setup'; token: string | null }
  | ({ page: 'room'; room_id: string; invite: string | null } & Place)
  | { page: 'not_found' }

/** What the user looks at in a room (rule W9): the activity on the stage and the panel beside it; null: what is usual. */
export type Place = { activity: string | null; panel: string | null }

export type Router = {
  route: Store<Route>
  /** Navigates to a path of the app. */
  go(to: string): void
  /** Shows another panel of the room, in the same entry of the history. */
  showPanel(panel: string | null): void
  openOverlay: Overlays['open']
}

/** The page of a path, its query and its fragment. */
export function routeOf({ pathname, search, hash }: Address): Route {
  if (!`${pathname}/`.startsWith(basePath)) return { page: 'not_found' }
  const path = pathname.slice(basePath.length - 1).replace(/\/+$/, '')
  if (path === '') return { page: 'landing' }
  if (path === '/rooms') return { page: 'directory' }
  if (path === '/account') return { page: 'account' }
  if (path === '/setup') return { page: 'setup', token: new URLSearchParams(hash.slice(1)).get('token') }
  const room_id = decoded(/^\/r\/([^/]+)$/.exec(path)?.[1])
  if (room_id === null) return { page: 'not_found' }
  const place = new URLSearchParams(search)
  return {
    ...{ page: 'room', room_id, invite: new URLSearchParams(hash.slice(1)).get('invite') },
    ...{ activity: place.get('activity'), panel: place.get('panel') },
  }
}

type Address = { pathname: string; search: string; hash: string }

const usual: Place = { activity: null, panel: null }

export function roomPath(room_id: string, invite?: string | null, { activity, panel }: Place = usual): string {
  const place = new URLSearchParams({ ...(activity && { activity }), ...(panel && { panel }) }).toString()
  const query = place && `?${place}`
  return `${basePath}r/${encodeURIComponent(room_id)}${query}${invite ? `#${new URLSearchParams({ invite })}` : ''}`
}

/** The path of a room from pasted text: a whole link, a path or a room's id. Null if it is none of these. */
export function roomPathFrom(pasted: string): string | null {
  const text = pasted.trim()
  const isId = /^[\w.-]{1,128}$/.test(text) && !/^[\w-]+\.[\w.-]+$/.test(text)
  const url = parseUrl(
    isId ? roomPath(text) : /^[\w.-]+(:\d+)?\/(.+\/)?r\//.test(text) ? `https://${text}` : text,
    'https://-',
  )
  const pathname = url?.pathname.replace(/^.*?\/r\//, `${basePath}r/`)
  const route = url && pathname && routeOf({ pathname, search: '', hash: url.hash })
  return route && route.page === 'room' ? roomPath(route.room_id, route.invite) : null
}

/** The History API as a store. Links within the app are followed without a reload. */
export function createRouter(window: Window): Router {
  const { location, history, document } = window
  const route = createStore(routeOf(location))
  const follow = () => route.set(routeOf(location))
  /** An entry under overlays has the address that it had when they were opened; the panel may have changed since. */
  const arrive = (isSamePage: boolean) => {
    const shown = route.get()
    if (!isSamePage || !isSameStage(shown, routeOf(location))) follow()
    else write(shown)
  }
  const write = (shown: Route) => {
    if (shown.page !== 'room') return
    history.replaceState(history.state, '', roomPath(shown.room_id, shown.invite, shown))
  }
  const overlays = createOverlays(window, arrive)
  const go = (to: string) =>
    overlays.navigate((isNew) => {
      if (isNew) history.pushState(null, '', to)
      else history.replaceState(null, '', to)
      follow()
      window.scrollTo(0, 0)
    })
  window.addEventListener('hashchange', follow)
  document.addEventListener('click', (event) => {
    const to = ownLink(event, location)
    if (to === null) return
    event.preventDefault()
    go(to)
  })
  const showPanel = (panel: string | null) => {
    const shown = route.get()
    if (shown.page !== 'room' || shown.panel === panel) return
    route.set({ ...shown, panel })
    write({ ...shown, panel })
  }
  return { route, go, showPanel, openOverlay: overlays.open }
}

const isSameStage = (one: Route, other: Route): boolean =>
  one.page === 'room' && other.page === 'room'
    ? one.room_id === other.room_id && one.activity === other.activity
    : one.page === other.page

/** The path that a plain click on a link of the app leads to; null for every other click. */
function ownLink(event: MouseEvent, { origin }: Location): string | null {
  if (event.defaultPrevented || event.button !== 0) return null
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target || link.origin !== origin || link.hasAttribute('download')) return null
  if (link.getAttribute('href')?.startsWith('#')) return null
  const { pathname, search, hash } = link
  return routeOf({ pathname, search, hash }).page === 'not_found' ? null : pathname + search + hash
}

function decoded(part: string | undefined): string | null {
  if (part === undefined) return null
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
