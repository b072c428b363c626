import type {
  Catalogue,
  FirstKey,
  Language,
  OwnEnglish,
  OwnTexts,
  Plural,
  RestKey,
  TextKey,
  Translate,
  TranslateOwn,
} from './catalogue.ts'
import { type Dates, datesIn } from './dates.ts'
import { en } from './en.ts'

export type { FirstKey, Language, TextKey, Translate } from './catalogue.ts'
export type { Dates } from './dates.ts'

export const languages: readonly Language[] = ['en', 'es']

/** The languages' own names. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' }

export type Texts = {
  language: Language
  t: Translate<FirstKey>
  /** Every text of the app; null until the rest is loaded, with the first part of the app that needs it. */
  all: Translate | null
  dates: Dates
}

/** English is part of the app; another language is loaded on demand, and so is the rest of each. */
const catalogues: Readonly<
  Record<Language, { first(): Promise<Catalogue<FirstKey>>; rest(): Promise<Catalogue<RestKey>> }>
> = {
  en: { first: async () => en, rest: async () => (await import('./en-rest.ts')).enRest },
  es: {
    first: async () => (await import('./es.ts')).es,
    rest: async () => (await import('./es-rest.ts')).esRest,
  },
}

export async function loadTexts(language: Language, { withRest }: { withRest: boolean }): Promise<Texts> {
  const { first, rest } = catalogues[language]
  const [start, more] = await Promise.all([first(), withRest ? rest() : null])
  const t = translator<FirstKey>(language, start)
  const all = more && translator<TextKey>(language, { ...start, ...more })
  return { language, t, all, dates: datesIn(localeOf(language, navigator.languages)) }
}

/**
 * The browser's regional variant of a language, for its date formats: en-GB for English, say. Some browsers report
 * POSIX names (`en-US@posix` where the system's locale is C), on which Intl throws.
 */
export const localeOf = (language: Language, preferred: readonly string[]): string =>
  preferred.map(languageTag).find((each) => each === language || each?.startsWith(`${language}-`)) ?? language

/** The language tag (BCP 47) without POSIX suffixes; null if it is invalid. */
function languageTag(name: string): string | null {
  try {
    return Intl.getCanonicalLocales(name.replace(/[.@].*$/s, '').replaceAll('_', '-'))[0] ?? null
  } catch {
    return null
  }
}

/** Translates the keys of a catalogue. */
export function translator<Key extends TextKey>(language: Language, catalogue: Catalogue<Key>): Translate<Key> {
  const write = writerIn(language)
  return (key: Key, values: Filling = {}): string => write(catalogue[key], values)
}

/** Translates the texts that a part of the app brings along. */
export function translatorOf<English extends OwnEnglish>(
  language: Language,
  texts: OwnTexts<English>,
): TranslateOwn<English> {
  const write = writerIn(language)
  return (key: keyof English, values: Filling = {}): string => write(texts[language][key], values)
}

type Filling = Readonly<Record<string, string | number>>

/** Writes a text, or the form of a plural for its `count`, with its {names} replaced. */
function writerIn(language: Language): (text: string | Plural, values: Filling) => string {
  const plurals = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  return (text, values) =>
    filled(typeof text === 'string' ? text : formOf(text, plurals.select(Number(values['count']))), values, numbers)
}

function formOf(plural: Plural, form: Intl.LDMLPluralRule): string {
  if (form === 'one') return plural.one
  return form === 'many' ? (plural.many ?? plural.other) : plural.other
}

function filled(text: string, values: Readonly<Record<string, string | number>>, numbers: Intl.NumberFormat): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return typeof value === 'number' ? numbers.format(value) : value
  })
}
