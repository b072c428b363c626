import type { FeedRoom } from '@parlor/client/feed'
import type { App } from '../app-context.ts'
import { basePath } from '../base-path.ts'
import { lastLine } from '../pages/last-line.ts'
import { roomPath } from '../router.ts'
import { type Texts, translatorOf } from '../texts/texts.ts'
import { startAnnouncer, type Ways } from './announcer.ts'
import { showNotification } from './show.ts'
import { createSound, createSpeaker } from './sound.ts'
import { notificationTexts } from './texts.ts'

type Parts = Pick<App, 'session' | 'router' | 'settings'> & {
  /** The texts in the language that the user reads now. */
  texts: () => Texts
}

/** Announces new messages as far as it is turned on in this browser, until the returned function is called. */
export function startNotifications({ session, router, settings, texts }: Parts): () => void {
  const sound = createSound({
    isOn: () => settings.sound.get() === 'on',
    presses: document,
    hasPressed: () => navigator.userActivation.hasBeenActive,
    createSpeaker,
    now: () => performance.now(),
  })

  function shownRoom(): string | null {
    const route = router.route.get()
    return route.page === 'room' ? route.room_id : null
  }

  function contentOf(rooms: readonly FeedRoom[]): { title: string; body: string; room_id: string | null } {
    const { language, t } = texts()
    const [room, ...others] = rooms
    if (room && others.length === 0)
      return { title: room.name, body: lastLine(room.last_message, t) ?? '', room_id: room.id }
    return {
      title: 'Parlor',
      body: translatorOf(language, notificationTexts)('many', { count: rooms.length }),
      room_id: null,
    }
  }

  const show: Ways['show'] = (rooms, options) => {
    if (settings.notifications.get() === 'off') return () => {}
    const { room_id, ...content } = contentOf(rooms)
    const onPress = () => {
      if (room_id === null) router.go(basePath)
      else if (shownRoom() !== room_id) router.go(roomPath(room_id))
    }
    return showNotification({ ...content, ...options, onPress }) ?? (() => {})
  }

  const end = startAnnouncer({
    session,
    lookedAt: () => (document.visibilityState === 'visible' ? shownRoom() : null),
    onLook(follow) {
      const endRoute = router.route.subscribe(follow)
      document.addEventListener('visibilitychange', follow)
      return () => {
        endRoute()
        document.removeEventListener('visibilitychange', follow)
      }
    },
    locks: 'locks' in navigator ? navigator.locks : null,
    time: {
      now: () => Date.now(),
      after(ms, run) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    },
    ways: { show, play: sound.play },
  })
  return () => {
    end()
    sound.close()
  }
}
