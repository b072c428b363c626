import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { keptOf } from '../../user-storage.ts'

const nameOf = (room_id: string) => `draft.${room_id}`
const savedAfterMs = 300

/** What somebody has begun to write in a room. It is there again when they come back, as far as the browser keeps things. */
export function useDraft(room_id: string, user_id: string): [text: string, setText: (text: string) => void] {
  const { parlor } = useApp().session
  const [text, setText] = useState(() => keptOf(user_id).get(nameOf(room_id)) ?? '')
  const current = useRef(text)
  current.current = text
  // Whoever has signed out meanwhile leaves nothing behind.
  const save = () => {
    if (parlor.me.get()?.id !== user_id) return
    keptOf(user_id).set(nameOf(room_id), current.current.trim() === '' ? null : current.current)
  }
  useEffect(() => {
    const timer = setTimeout(save, savedAfterMs)
    return () => clearTimeout(timer)
  }, [room_id, user_id, text])
  useEffect(() => {
    addEventListener('pagehide', save)
    return () => {
      removeEventListener('pagehide', save)
      save()
    }
  }, [room_id, user_id])
  return [text, setText]
}
