import { createStore, derived, type Store, type WritableStore } from '@parlor/client/store'
import { type Language, languages } from './texts/texts.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export type Settings = {
  theme: WritableStore<Theme>
  /** The user's choice; null: what the browser asks for. */
  chosenLanguage: WritableStore<Language | null>
  language: Store<Language>
  /** Whether new messages are shown as notifications of the browser, and heard (rule NO5). */
  notifications: WritableStore<Switched>
  sound: WritableStore<Switched>
  /** Takes over what another tab has stored. */
  readAgain(): void
}

const switched = ['on', 'off'] as const
type Switched = (typeof switched)[number]

/** What is set for this browser, whoever uses it, and stored in it. */
export function createSettings(storage: Storage | null, asked: readonly string[]): Settings {
  const theme = storedValue(storage, 'parlor.theme', themes, 'system')
  const chosenLanguage = storedValue<Language | null>(storage, 'parlor.language', languages, null)
  const notifications = storedValue(storage, 'parlor.notifications', switched, 'off')
  const sound = storedValue(storage, 'parlor.sound', switched, 'off')
  return {
    ...{ theme, chosenLanguage, notifications, sound },
    language: derived([chosenLanguage], () => chosenLanguage.get() ?? languageFor(asked)),
    readAgain() {
      for (const value of [theme, chosenLanguage, notifications, sound]) value.readAgain()
    },
  }
}

/** The first language that the browser asks for and the app has. */
export function languageFor(asked: readonly string[]): Language {
  const codes = asked.map((tag) => tag.toLowerCase().split(/[-_.@]/)[0])
  return languages.find((language) => language === codes.find((code) => languages.some((own) => own === code))) ?? 'en'
}

/** A value that is stored in the browser when it is set; an unknown stored value counts as none. */
function storedValue<Value extends string | null>(
  storage: Storage | null,
  key: string,
  values: readonly Value[],
  otherwise: Value,
): WritableStore<Value> & { readAgain(): void } {
  const read = () => {
    const stored = storage?.getItem(key)
    return values.find((one) => one === stored) ?? otherwise
  }
  const current = createStore(read())
  return {
    ...current,
    readAgain: () => storage && current.set(read()),
    set(value) {
      current.set(value)
      if (value === otherwise || value === null) storage?.removeItem(key)
      else storage?.setItem(key, value)
    },
  }
}
