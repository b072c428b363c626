import { useEffect, useState } from 'preact/hooks'
import { type Link, patienceMs, reliefMs, type Trouble, troubleOf } from './connection-notice.ts'

/** What to say about the connection: nothing until it has been bad for a while, and for a moment that it is well again. */
export function useTrouble(link: Link): Trouble | null {
  const trouble = troubleOf(link)
  const isTroubled = trouble !== null
  const [told, setTold] = useState<'nothing' | 'trouble' | 'back'>('nothing')
  useEffect(() => {
    if (isTroubled) {
      if (told === 'trouble') return
      const timer = setTimeout(setTold, patienceMs, 'trouble')
      return () => clearTimeout(timer)
    }
    if (told === 'trouble') setTold('back')
    if (told !== 'back') return
    const timer = setTimeout(setTold, reliefMs, 'nothing')
    return () => clearTimeout(timer)
  }, [isTroubled, told])
  if (told === 'nothing') return null
  return trouble ?? { kind: 'back' }
}

/** Whole seconds until then, counted down; never below 1. */
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
