import type { Store } from '@parlor/client'
import { useEffect, useState } from 'preact/hooks'

/** The store's value, rendered as soon as it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, setValue] = useState(store.get)
  useEffect(() => {
    const follow = () => setValue(store.get)
    follow()
    return store.subscribe(follow)
  }, [store])
  return store.get()
}

/** The store's value, rendered at most once per animation frame. */
export function useStoreByFrame<Value>(store: Store<Value>): Value {
  const [value, setValue] = useState(store.get)
  useEffect(() => {
    let frame = 0
    const render = () => {
      frame = 0
      setValue(store.get)
    }
    render()
    const unsubscribe = store.subscribe(() => {
      frame ||= requestAnimationFrame(render)
    })
    return () => {
      unsubscribe()
      cancelAnimationFrame(frame)
    }
  }, [store])
  return value
}
