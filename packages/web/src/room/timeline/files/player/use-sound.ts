import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { useApp } from '../../../../app-context.ts'
import { rereadWith } from '../reread.ts'
import { type Sound, type Sounding, soundAround } from './sound.ts'

/** The room's player, and what it plays if that is this file. */
export function useSound(
  place: RefObject<Element | null>,
  file_id: string,
): { sound: Sound | null; now: Sounding | null } {
  const { session } = useApp()
  const [state, setState] = useState<{ sound: Sound | null; now: Sounding | null }>({ sound: null, now: null })
  useLayoutEffect(() => {
    if (!place.current) return
    const sound = soundAround(place.current, rereadWith(session.parlor))
    const follow = () => {
      const playing = sound.now.get()
      const now = playing?.file_id === file_id ? playing : null
      // The other players of the room are not rendered for each step of this one.
      setState((before) => (before.sound === sound && before.now === now ? before : { sound, now }))
    }
    follow()
    return sound.now.subscribe(follow)
  }, [file_id])
  return state
}
