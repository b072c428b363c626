import { createStore, type Store } from '@parlor/client/store'

export type Toast = {
  text: string
  /** A failure is announced at once and stays until it is closed. */
  failed?: boolean
  /** Stays until it is closed. */
  stays?: true
  action?: { label: string; run: () => void }
}

export type Toasts = {
  list: Store<readonly (Toast & { id: number })[]>
  /** Returns the id to close it by. */
  show(toast: Toast): number
  close(id: number): void
}

const most = 3
const shownMs = 6000

const isKept = ({ failed, stays, action }: Toast): boolean => failed === true || stays === true || action !== undefined

/** Short messages: the last success for 6 s, and the last failures, and what else stays, until they are closed. */
export function createToasts(): Toasts {
  const list = createStore<readonly (Toast & { id: number })[]>([])
  let last = 0
  const close = (id: number) => list.set(list.get().filter((toast) => toast.id !== id))
  return {
    list,
    close,
    show(toast) {
      const id = ++last
      const others = list.get().filter((other) => isKept(other) && other.text !== toast.text)
      list.set([...others, { ...toast, id }].slice(-most))
      if (!isKept(toast)) setTimeout(close, shownMs, id)
      return id
    },
  }
}
