import { useEffect, useState } from 'preact/hooks'
import {
  type ConnectionStatus,
  showAfterMs,
  restoredForMs,
  type ConnectionNotice,
  noticeFor,
} from './connection-notice.ts'

/**
 * What to say about the connection: nothing during a short interruption, "Back online" for a moment after a longer one.
 */
export function useConnectionNotice(status: ConnectionStatus): ConnectionNotice | null {
  const notice = noticeFor(status)
  const hasNotice = notice !== null
  const [told, setTold] = useState<'nothing' | 'notice' | 'back'>('nothing')
  useEffect(() => {
    if (hasNotice) {
      if (told === 'notice') return
      const timer = setTimeout(setTold, showAfterMs, 'notice')
      return () => clearTimeout(timer)
    }
    if (told === 'notice') setTold('back')
    if (told !== 'back') return
    const timer = setTimeout(setTold, restoredForMs, 'nothing')
    return () => clearTimeout(timer)
  }, [hasNotice, told])
  if (told === 'nothing') return null
  return notice ?? { kind: 'back' }
}

/** Whole seconds until `at`, counted down to 1; null after it. */
export function useSecondsUntil(at: number | null): number | null {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (at === null) return
    setNow(Date.now)
    const timer = setInterval(() => setNow(Date.now), 1000)
    return () => clearInterval(timer)
  }, [at])
  return at === null || at <= now ? null : Math.max(1, Math.ceil((at - now) / 1000))
}
