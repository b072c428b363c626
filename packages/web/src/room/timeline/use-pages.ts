import type { Messages, MessageWindow } from '@parlor/client'
import { useRef, useState } from 'preact/hooks'

type End = 'older' | 'newer'

/** Ms before scrolling retries a page that could not be loaded; the button does at once. */
const retryMs = 3000

export type Pages = {
  failed: Readonly<Record<End, boolean>>
  load(end: End): void
  /** Loads more messages at the ends that are near. */
  loadNear(near: Readonly<Record<End, boolean>>): void
}

/** Loads more messages at either end, one page at a time. */
export function usePages(messages: Messages, { hasOlder, hasNewer }: MessageWindow): Pages {
  const [failed, setFailed] = useState({ older: false, newer: false })
  const loading = useRef({ older: false, newer: false })
  const failedAt = useRef({ older: 0, newer: 0 })
  const load = async (end: End) => {
    if (loading.current[end]) return
    loading.current[end] = true
    const isFailed = await (end === 'older' ? messages.loadOlder() : messages.loadNewer()).then(
      () => false,
      () => true,
    )
    loading.current[end] = false
    failedAt.current[end] = isFailed ? Date.now() : 0
    setFailed((before) => (before[end] === isFailed ? before : { ...before, [end]: isFailed }))
  }
  return {
    failed,
    load: (end) => void load(end),
    loadNear(near) {
      const has = { older: hasOlder, newer: hasNewer }
      for (const end of ['older', 'newer'] as const)
        if (near[end] && has[end] && Date.now() - failedAt.current[end] > retryMs) void load(end)
    },
  }
}
