import { useEffect, useRef, useState } from 'preact/hooks'

const keyOf = (room_id: string) => `parlor.draft.${room_id}`
const savedAfterMs = 300

/** What somebody has begun to write in a room. It is there again when they come back, as far as the browser keeps things. */
export function useDraft(room_id: string): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(() => read(room_id))
  const current = useRef(text)
  current.current = text
  useEffect(() => {
    const timer = setTimeout(write, savedAfterMs, room_id, text)
    return () => clearTimeout(timer)
  }, [room_id, text])
  useEffect(() => {
    const save = () => write(room_id, current.current)
    addEventListener('pagehide', save)
    return () => {
      removeEventListener('pagehide', save)
      save()
    }
  }, [room_id])
  return [text, setText]
}

function read(room_id: string): string {
  try {
    return localStorage.getItem(keyOf(room_id)) ?? ''
  } catch {
    return ''
  }
}

/** A browser that keeps nothing, or has no space left, loses the draft with the page. */
function write(room_id: string, text: string): void {
  try {
    if (text.trim() === '') localStorage.removeItem(keyOf(room_id))
    else localStorage.setItem(keyOf(room_id), text)
  } catch {}
}
