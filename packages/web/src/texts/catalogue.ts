import type { en } from './en.ts'
import type { enRest } from './en-rest.ts'

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
type Values<Key extends TextKey> = {
  readonly [Name in Names<English[Key]>]: Name extends 'count' ? number : string | number
}

/** The text of a key, with its {names} replaced. */
export type Translate<Known extends TextKey = TextKey> = <Key extends Known>(
  key: Key,
  ...values: [Names<English[Key]>] extends [never] ? [] : [Values<Key>]
) => string
