import type { Catalogue, Plural, TextKey, Translate } from './catalogue.ts'
import { type Dates, datesIn } from './dates.ts'
import { en } from './en.ts'

export type { TextKey, Translate } from './catalogue.ts'
export type { Dates } from './dates.ts'

export const languages = ['en', 'es'] as const
export type Language = (typeof languages)[number]

/** The languages' own names. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' }

export type Texts = { language: Language; t: Translate; dates: Dates }

/** English is part of the app; another language is loaded on demand. */
export async function loadTexts(language: Language): Promise<Texts> {
  const catalogue = language === 'en' ? en : (await import('./es.ts')).es
  return textsOf(language, catalogue, localeOf(language, navigator.languages))
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

export function textsOf(language: Language, catalogue: Catalogue, locale: string = language): Texts {
  const plurals = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  const t = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string => {
    const text = catalogue[key]
    return filled(
      typeof text === 'string' ? text : formOf(text, plurals.select(Number(values['count']))),
      values,
      numbers,
    )
  }
  return { language, t, dates: datesIn(locale) }
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
