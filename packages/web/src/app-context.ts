import { createContext } from 'preact'
import { useContext, useEffect } from 'preact/hooks'
import type { Router } from './router.ts'
import type { Session } from './session.ts'
import type { Settings } from './settings.ts'
import type { Dates, Texts, Translate } from './texts/texts.ts'
import type { Toasts } from './toasts.ts'

/** What every page may use; created once, in main.tsx, but for the texts, which follow the language. */
export type App = {
  session: Session
  router: Router
  settings: Settings
  toasts: Toasts
  texts: Texts
}

export const AppContext = createContext<App | null>(null)

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('This component stands outside of the app')
  return app
}

/** The texts in the current language: `t('landing.title')`. */
export const useTexts = (): Translate => useApp().texts.t

/** Dates and times as written in the current language. */
export const useDates = (): Dates => useApp().texts.dates

/** Sets the title of the tab and of the history entry: the page, then the app. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? 'Parlor' : `${title} · Parlor`
  }, [title])
}
