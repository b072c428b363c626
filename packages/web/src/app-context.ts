import { createContext } from 'preact'
import { useContext, useEffect, useMemo } from 'preact/hooks'
import type { PageTitle } from './page-title.ts'
import type { Router } from './router.ts'
import type { Session } from './session.ts'
import type { Settings } from './settings.ts'
import type { OwnEnglish, OwnTexts, TranslateOwn } from './texts/catalogue.ts'
import { type Dates, type FirstKey, type Texts, type Translate, translatorOf } from './texts/texts.ts'
import type { Toasts } from './toasts.ts'

/** What every page may use; created once, in main.tsx, but for the texts, which follow the language. */
export type App = {
  session: Session
  router: Router
  settings: Settings
  toasts: Toasts
  title: PageTitle
  texts: Texts
  /** Loads the rest of the texts, once for each language; rejects if they cannot be loaded. */
  loadAllTexts(): Promise<void>
}

export const AppContext = createContext<App | null>(null)

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('This component stands outside of the app')
  return app
}

/** The texts in the current language that are there from the start: `t('landing.heading')`. */
export const useTexts = (): Translate<FirstKey> => useApp().texts.t

/** Every text in the current language, for what `Loaded` shows: it loads them together with the code. */
export function useAllTexts(): Translate {
  const { all } = useApp().texts
  if (!all) throw new Error('Not all texts are loaded here')
  return all
}

/**
 * The texts that a part of the app brings along, in the current language.
 * @public activities use it
 */
export function useTextsOf<English extends OwnEnglish>(texts: OwnTexts<English>): TranslateOwn<English> {
  const { language } = useApp().texts
  return useMemo(() => translatorOf(language, texts), [language, texts])
}

/** Dates and times as written in the current language. */
export const useDates = (): Dates => useApp().texts.dates

/** Sets the title of the tab and of the history entry: the page, then the app. */
export function useTitle(title: string | null): void {
  const { title: shown } = useApp()
  useEffect(() => shown.page.set(title), [title])
}
