/** Of a browser's Storage what is used of it. */
export type WebStorage = {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, text: string): void
  removeItem(key: string): void
}

type Events = {
  addEventListener(event: string, hear: (event: object) => void): void
  removeEventListener(event: string, hear: (event: object) => void): void
}

/** What of its surroundings the client uses where it is there: in a browser all of it, in Node nothing. */
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

/** Hears an event until the function that is answered is called. */
export function hearing(target: Events | undefined, event: string, hear: (event: object) => void): () => void {
  target?.addEventListener(event, hear)
  return () => target?.removeEventListener(event, hear)
}
