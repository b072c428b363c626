import { useEffect, useErrorBoundary, useRef } from 'preact/hooks'
import { useApp, useTexts } from './app-context.ts'
import { AskNamePage } from './pages/ask-name.tsx'
import { Loaded, usePreload } from './pages/loaded.tsx'
import { BrokenPage, NotFoundPage } from './pages/error-pages.tsx'
import { type Route, routeOf } from './router.ts'
import { Shell } from './shell/shell.tsx'
import { ToastRegion } from './ui/overlays/toasts.tsx'
import { useStore } from './use-store.ts'

const loadLanding = () => import('./pages/landing/landing.tsx')
const loadRoom = () => import('./room/room-page.tsx')
const loadDirectory = () => import('./pages/directory/directory-page.tsx')
const loadAccount = () => import('./pages/account/account-page.tsx')
const loadSetup = () => import('./pages/setup/setup-page.tsx')

export function AppView() {
  const { router } = useApp()
  const t = useTexts()
  const route = useStore(router.route)
  const key = route.page === 'room' ? `room ${route.room_id}` : route.page
  useFocusOnNavigation(key)
  usePreloadOfLinks()
  return (
    <>
      <a class="skip-link" href="#content" onClick={skipToContent}>
        {t('app.skip')}
      </a>
      <Shell route={route}>
        <PageErrorBoundary key={key} route={route} />
      </Shell>
      <ToastRegion />
    </>
  )
}

/** Shows an error page when rendering throws, instead of an empty window. */
function PageErrorBoundary({ route }: { route: Route }) {
  const [broken] = useErrorBoundary((thrown: unknown) => console.error(thrown))
  return broken === undefined ? <Page route={route} /> : <BrokenPage />
}

function Page({ route }: { route: Route }) {
  const { session } = useApp()
  const me = useStore(session.me)
  useEffect(() => {
    // Loads the room's code while the user is still asked for a name. An error is shown when the room is.
    if (route.page === 'room') loadRoom().catch(() => {})
  }, [route.page])
  switch (route.page) {
    case 'landing':
      return (
        <Loaded load={loadLanding} withTexts={false}>
          {({ LandingPage }) => <LandingPage />}
        </Loaded>
      )
    case 'directory':
      return (
        <Loaded load={loadDirectory} withTexts={false}>
          {({ DirectoryPage }) => <DirectoryPage />}
        </Loaded>
      )
    case 'account':
      return <Loaded load={loadAccount}>{({ AccountPage }) => <AccountPage />}</Loaded>
    case 'setup':
      return <Loaded load={loadSetup}>{({ SetupPage }) => <SetupPage token={route.token} />}</Loaded>
    case 'room':
      if (!me) return <AskNamePage room_id={route.room_id} />
      return (
        <Loaded load={loadRoom} withTexts={false}>
          {({ RoomPage }) => <RoomPage room_id={route.room_id} invite={route.invite} />}
        </Loaded>
      )
    case 'not_found':
      return <NotFoundPage />
  }
}

/** Moves the focus to the main content of a new page, so that keyboard and screen reader continue there. */
function useFocusOnNavigation(key: string): void {
  const before = useRef(key)
  useEffect(() => {
    if (before.current === key) return
    before.current = key
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [key])
}

/** Loads the code of a page when pointer or focus come to a link that leads there. */
function usePreloadOfLinks(): void {
  const preloadAccount = usePreload(loadAccount)
  useEffect(() => {
    const approach = ({ target }: Event) => {
      const link = target instanceof Element ? target.closest('a') : null
      if (!link || link.origin !== location.origin) return
      const { page } = routeOf(link)
      if (page === 'account') preloadAccount()
      if (page === 'directory') loadDirectory().catch(() => {})
      if (page === 'landing') loadLanding().catch(() => {})
      if (page === 'room') loadRoom().catch(() => {})
    }
    const events = ['pointerover', 'focusin'] as const
    for (const event of events) document.addEventListener(event, approach, { passive: true })
    return () => events.forEach((event) => document.removeEventListener(event, approach))
  }, [])
}

/** By hand: following `#content` would remove an invitation from the address. */
function skipToContent(event: Event): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
