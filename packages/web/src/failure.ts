import { useRef, useState } from 'preact/hooks'
import { en } from './texts/en.ts'
import type { TextKey, Translate } from './texts/texts.ts'

/** What went wrong: a code for the catalogue, and the fields of the form that it is about. */
export type Failure = { code: string; fields: readonly string[] }

type ErrorKey = Extract<TextKey, `error.${string}`>

const isErrorKey = (key: string): key is ErrorKey => key.startsWith('error.') && key in en

/** Whatever was thrown. What carries no code is a fault of the page: it goes to the console, and is told as unknown. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    console.error(thrown)
    return { code: 'unknown', fields: [] }
  }
  const errors: unknown = 'errors' in thrown ? thrown.errors : undefined
  return { code: thrown.code, fields: typeof errors === 'object' && errors !== null ? Object.keys(errors) : [] }
}

/** A sentence that says what went wrong and the way on. */
export function explain(t: Translate, code: string): string {
  const key = `error.${code}`
  return t(isErrorKey(key) ? key : 'error.unknown')
}

export type Task<Input extends unknown[]> = {
  /** Does the work, unless it is being done. Never throws: what fails stands in `failure` until the next run. */
  run(...input: Input): Promise<void>
  busy: boolean
  failure: Failure | null
  clear(): void
}

/** Work that takes time and may fail, as what a page shows of it. */
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
