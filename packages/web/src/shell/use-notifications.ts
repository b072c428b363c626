import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { useStore } from '../use-store.ts'

const load = () => import('../notifications/start.ts')

/** Announces new messages while notifications or sound are on in this browser (rule NO5); only then their code is loaded. */
export function useNotifications(isKnown: boolean): void {
  const app = useApp()
  const { session, settings } = app
  const latest = useRef(app)
  latest.current = app
  const isOn = [useStore(settings.notifications), useStore(settings.sound)].includes('on') && isKnown
  useEffect(() => {
    if (!isOn) return
    let isEnded = false
    let end: (() => void) | null = null
    const start = async () => {
      const part = await load().catch(() => null)
      if (!part || isEnded) return
      endRetry()
      end ??= part.startNotifications({ ...app, texts: () => latest.current.texts })
    }
    // What could not be loaded is tried again when the server can be reached.
    const endRetry = session.connection.subscribe(() => void start())
    void start()
    return () => {
      isEnded = true
      endRetry()
      end?.()
    }
  }, [isOn])
}
