import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { userStorage } from '../../user-storage.ts'

const nameOf = (room_id: string) => `draft.${room_id}`
const savedAfterMs = 300

/** The user's unsent text in a room, stored in the browser so that it is there when they return. */
export function useDraft(room_id: string, user_id: string): [text: string, setText: (text: string) => void] {
  const { parlor } = useApp().session
  const [text, setText] = useState(() => userStorage(user_id).get(nameOf(room_id)) ?? '')
  const current = useRef(text)
  current.current = text
  // Nothing is stored for somebody who has signed out meanwhile.
  const save = () => {
    if (parlor.me.get()?.id !== user_id) return
    userStorage(user_id).set(nameOf(room_id), current.current.trim() === '' ? null : current.current)
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
