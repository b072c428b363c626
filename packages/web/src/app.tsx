import { useEffect, useErrorBoundary, useRef } from 'preact/hooks'
import { useApp, useTexts } from './app-context.ts'
import { AskNamePage } from './pages/ask-name.tsx'
import { LandingPage } from './pages/landing/landing.tsx'
import { Loaded } from './pages/loaded.tsx'
import { NotFoundPage, ReloadPage } from './pages/error-pages.tsx'
import type { Route } from './router.ts'
import { ToastRegion } from './ui/overlays/toasts.tsx'

const loadRoom = () => import('./room/room-page.tsx')
const loadAccount = () => import('./pages/account/account-page.tsx')

export function AppView() {
  const { router } = useApp()
  const t = useTexts()
  const route = router.route.value
  const key = route.page === 'room' ? `room ${route.room_id}` : route.page
  useArrival(key)
  return (
    <>
      <a class="skip-link" href="#content" onClick={toContent}>
        {t('app.skip')}
      </a>
      <Guarded key={key} route={route} />
      <ToastRegion />
    </>
  )
}

/** A page that breaks says so, instead of leaving an empty window. */
function Guarded({ route }: { route: Route }) {
  const [broken] = useErrorBoundary((thrown: unknown) => console.error(thrown))
  return broken === undefined ? <Page route={route} /> : <ReloadPage why="broken" />
}

function Page({ route }: { route: Route }) {
  const { session } = useApp()
  useEffect(() => {
    // Whoever is still asked for a name finds the room loaded; what fails here is told when the room is shown.
    if (route.page === 'room') loadRoom().catch(() => {})
  }, [route.page])
  switch (route.page) {
    case 'landing':
      return <LandingPage />
    case 'account':
      return <Loaded load={loadAccount}>{({ AccountPage }) => <AccountPage />}</Loaded>
    case 'room':
      if (!session.me.value) return <AskNamePage room_id={route.room_id} />
      return (
        <Loaded load={loadRoom}>{({ RoomPage }) => <RoomPage room_id={route.room_id} invite={route.invite} />}</Loaded>
      )
    case 'not_found':
      return <NotFoundPage />
  }
}

/** Whoever goes to another page is taken to what it is about: keyboard and screen reader go on from there. */
function useArrival(key: string): void {
  const before = useRef(key)
  useEffect(() => {
    if (before.current === key) return
    before.current = key
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [key])
}

/** By hand: following `#content` would take an invitation out of the address. */
function toContent(event: Event): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
