/** The part of a browser's Storage that is used. */
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

/** What the client uses of a browser; in Node all of it is absent. */
export type Browser = {
  /** `online`, `offline` and `storage`. */
  window?: Events & { readonly localStorage: WebStorage }
  document?: Events & { readonly visibilityState: string }
  navigator?: {
    readonly onLine?: boolean
    readonly locks?: { request<Result>(name: string, run: () => Promise<Result>): Promise<Result> }
  }
}

/** Where this code runs. Node's own `navigator` and storage are not a page's. */
export function surroundings(): Browser {
  const here: Browser = globalThis
  return here.window ? here : {}
}

/** Listens to an event; the function that is returned ends it. */
export function listen(target: Events | undefined, event: string, listener: (event: object) => void): () => void {
  target?.addEventListener(event, listener)
  return () => target?.removeEventListener(event, listener)
}
