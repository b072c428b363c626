import type { en } from './en.ts'

/** A text for each plural form of a language; `{count}` stands for the number. */
export type Plural = { readonly one: string; readonly other: string; readonly many?: string }

type English = typeof en
export type TextKey = keyof English

/** Every text of the app in another language. A missing or extra key does not compile. */
export type Catalogue = { readonly [Key in TextKey]: English[Key] extends string ? string : Plural }

type Named<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never
type Names<Text> = Text extends { other: infer Other } ? Named<Other> | 'count' : Named<Text>
type Values<Key extends TextKey> = {
  readonly [Name in Names<English[Key]>]: Name extends 'count' ? number : string | number
}

/** The text of a key, with its {names} replaced. */
export type Translate = <Key extends TextKey>(
  key: Key,
  ...values: [Names<English[Key]>] extends [never] ? [] : [Values<Key>]
) => string
