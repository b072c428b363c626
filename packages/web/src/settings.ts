import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Language, languages } from './texts/texts.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export type Settings = {
  theme: Signal<Theme>
  /** The user's choice; null: what the browser asks for. */
  chosenLanguage: Signal<Language | null>
  language: ReadonlySignal<Language>
}

/** Theme and language, stored in this browser. */
export function createSettings(storage: Storage | null, asked: readonly string[]): Settings {
  const theme = storedSignal(storage, 'parlor.theme', themes, 'system')
  const chosenLanguage = storedSignal<Language | null>(storage, 'parlor.language', languages, null)
  return { theme, chosenLanguage, language: computed(() => chosenLanguage.value ?? languageFor(asked)) }
}

/** The first language that the browser asks for and the app has. */
export function languageFor(asked: readonly string[]): Language {
  const codes = asked.map((tag) => tag.toLowerCase().split(/[-_.@]/)[0])
  return languages.find((language) => language === codes.find((code) => languages.some((own) => own === code))) ?? 'en'
}

/** A signal whose value is stored; an unknown stored value counts as none. */
function storedSignal<Value extends string | null>(
  storage: Storage | null,
  key: string,
  values: readonly Value[],
  otherwise: Value,
): Signal<Value> {
  const stored = storage?.getItem(key)
  const value = signal(values.find((one) => one === stored) ?? otherwise)
  effect(() => {
    if (value.value === otherwise || value.value === null) storage?.removeItem(key)
    else storage?.setItem(key, value.value)
  })
  return value
}
