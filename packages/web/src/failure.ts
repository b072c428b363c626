import { useRef, useState } from 'preact/hooks'
import { en } from './texts/en.ts'
import type { FirstKey, Translate } from './texts/texts.ts'

/** What went wrong: an error code, and the fields of the form that it is about. */
export type Failure = { code: string; fields: readonly string[] }

type ErrorKey = Extract<FirstKey, `error.${string}`>

const isErrorKey = (key: string): key is ErrorKey => key.startsWith('error.') && key in en

/**
 * Takes whatever was thrown. Without a code it is a bug of the page: it is logged to the console and shown as unknown.
 */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    console.error(thrown)
    return { code: 'unknown', fields: [] }
  }
  const errors: unknown = 'errors' in thrown ? thrown.errors : undefined
  return { code: thrown.code, fields: typeof errors === 'object' && errors !== null ? Object.keys(errors) : [] }
}

/** A sentence that says what went wrong and what to do. */
export function explain(t: Translate<FirstKey>, code: string): string {
  const key = `error.${code}`
  return t(isErrorKey(key) ? key : 'error.unknown')
}

export type Task<Input extends unknown[]> = {
  /** Does the work unless it is already running. Never throws: a failure stays in `failure` until the next run. */
  run(...input: Input): Promise<void>
  busy: boolean
  failure: Failure | null
  clear(): void
}

/** Asynchronous work that may fail, as state that a page can show. */
export function useTask<Input extends unknown[]>(work: (...input: Input) => Promise<void>): Task<Input> {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const running = useRef(false)
  return {
    busy,
    failure,
    clear: () => setFailure(null),
    async run(...input) {
      if (running.current) return
      running.current = true
      setBusy(true)
      setFailure(null)
      try {
        await work(...input)
      } catch (thrown) {
        setFailure(failureOf(thrown))
      } finally {
        running.current = false
        setBusy(false)
      }
    },
  }
}
