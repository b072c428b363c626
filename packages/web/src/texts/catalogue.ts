import type { en } from './en.ts'
import type { enRest } from './en-rest.ts'

export type Language = 'en' | 'es'

/** A text for each plural form of a language; `{count}` stands for the number. */
export type Plural = { readonly one: string; readonly other: string; readonly many?: string }

type English = typeof en & typeof enRest
export type TextKey = keyof English
/** Keys of the texts that are there from the start, and of those that are loaded with the first part that needs them. */
export type FirstKey = keyof typeof en
export type RestKey = keyof typeof enRest

/** The texts with these keys in another language. A missing or extra key does not compile. */
export type Catalogue<Key extends TextKey = TextKey> = {
  readonly [Each in Key]: English[Each] extends string ? string : Plural
}

type Named<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never
type Names<Text> = Text extends { other: infer Other } ? Named<Other> | 'count' : Named<Text>
type Values<Text> = {
  readonly [Name in Names<Text>]: Name extends 'count' ? number : string | number
}
type Given<Text> = [Names<Text>] extends [never] ? [] : [Values<Text>]

/** The text of a key, with its {names} replaced. */
export type Translate<Known extends TextKey = TextKey> = <Key extends Known>(
  key: Key,
  ...values: Given<English[Key]>
) => string

export type OwnEnglish = Readonly<Record<string, string | Plural>>

/** The texts of a part of the app that brings its own along, in every language. */
export type OwnTexts<English extends OwnEnglish> = { readonly en: English } & Translated<English>

type Translated<English extends OwnEnglish> = Readonly<
  Record<Exclude<Language, 'en'>, { readonly [Key in keyof English]: English[Key] extends string ? string : Plural }>
>

export type TranslateOwn<English extends OwnEnglish> = <Key extends keyof English>(
  key: Key,
  ...values: Given<English[Key]>
) => string

/**
 * A missing or extra key in a language does not compile.
 * @public activities use it
 */
export const ownTexts = <const English extends OwnEnglish>(
  en: English,
  others: Translated<English>,
): OwnTexts<English> => ({ en, ...others })
