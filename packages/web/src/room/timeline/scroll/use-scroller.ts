import type { Messages, MessageWindow } from '@parlor/client'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { createScroller, type Scroller } from './scroller.ts'
import type { Pages } from '../use-pages.ts'

/** Where to scroll once it is rendered. */
type Aim = { to: 'end' } | { to: 'line'; find: string; highlight: boolean }

/** Scrolling of the messages: keeps the reader's position, loads pages ahead, scrolls to messages. */
export function useScroller(
  view: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  messages: Messages,
  window: MessageWindow,
  pages: Pages,
) {
  const scroller = useRef<Scroller | null>(null)
  const aim = useRef<Aim | null>(null)
  const [following, setFollowing] = useState(true)
  const look = useRef(() => {})
  look.current = () => {
    if (!scroller.current) return
    const { following, near, first } = scroller.current.state()
    messages.lookAt(following ? null : first)
    setFollowing(following)
    pages.loadNear(near)
  }

  useLayoutEffect(() => {
    if (!view.current || !list.current) return
    const created = createScroller(view.current, list.current, () => look.current())
    scroller.current = created
    return () => created.stop()
  }, [])
  useLayoutEffect(() => {
    if (!scroller.current) return
    scroller.current.keep(!window.hasNewer)
    if (arrive(scroller.current, aim.current, list.current, window)) aim.current = null
    look.current()
  })

  const [, render] = useState(0)
  const go = (to: Aim) => {
    aim.current = to
    render((count) => count + 1)
  }
  return {
    following,
    /** The current value, also before it is rendered. */
    isFollowing: () => scroller.current?.state().following ?? true,
    scrollToEnd: () => go({ to: 'end' }),
    scrollToLine: (find: string, highlight: boolean) => go({ to: 'line', find, highlight }),
  }
}

/** Scrolls to the target if it is loaded; returns whether it was. */
function arrive(scroller: Scroller, aim: Aim | null, list: HTMLElement | null, { hasNewer }: MessageWindow): boolean {
  if (aim === null) return true
  if (aim.to === 'end') {
    if (!hasNewer) scroller.scrollToEnd()
    return !hasNewer
  }
  const line = list?.querySelector<HTMLElement>(aim.find)
  if (!line) return false
  scroller.show(line)
  if (aim.highlight) {
    line.focus({ preventScroll: true })
    line.animate({ backgroundColor: ['var(--accent-soft)', 'transparent'] }, { duration: 2000, easing: 'ease-in' })
  }
  return true
}
