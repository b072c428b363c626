/** The methods of the browser's Storage that the client uses. */
export type WebStorage = {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, text: string): void
  removeItem(key: string): void
}

type Events = {
  addEventListener(event: string, listener: (event: object) => void): void
  removeEventListener(event: string, listener: (event: object) => void): void
}

/** The browser's objects that the client uses; in Node all are absent. */
export type Browser = {
  /** Dispatches `online`, `offline` and `storage`. */
  window?: Events & { readonly localStorage: WebStorage }
  document?: Events & { readonly visibilityState: string }
  navigator?: {
    readonly onLine?: boolean
    readonly locks?: { request<Result>(name: string, run: () => Promise<Result>): Promise<Result> }
  }
}

/** The objects of this runtime. Node's own `navigator` and storage do not belong to a page. */
export function surroundings(): Browser {
  const here: Browser = globalThis
  return here.window ? here : {}
}

/** Adds an event listener; the returned function removes it. */
export function listen(target: Events | undefined, event: string, listener: (event: object) => void): () => void {
  target?.addEventListener(event, listener)
  return () => target?.removeEventListener(event, listener)
}
