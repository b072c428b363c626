import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import type { Route } from '../router.ts'
import { useStore } from '../use-store.ts'

/**
 * Whether somebody may make an account on this server, or why not: only with the invite link of a room, by which nobody came,
 * or nobody may. Null: not known yet.
 */
export function useMaySignUp(): 'yes' | 'invite' | 'closed' | null {
  const { session, router } = useApp()
  const route = useStore(router.route)
  const [registration, setRegistration] = useState<'open' | 'invite' | 'closed' | null>(null)
  useEffect(() => {
    session.parlor.call('server.show').then(
      (server) => setRegistration(server.registration),
      // The server says so itself when it is asked.
      () => setRegistration('open'),
    )
  }, [session])
  return registration === 'open' || (registration === 'invite' && isInvited(route)) ? 'yes' : registration
}

const isInvited = (route: Route): boolean => route.page === 'room' && route.invite !== null
