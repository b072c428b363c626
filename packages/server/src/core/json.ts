declare const shape: unique symbol

/**
 * JSON text of a value of type T. A handler may return it instead of the value, so that a text that
 * was encoded once for the room is not encoded again for the ack.
 */
export class Json<T> {
  declare readonly [shape]: T
  #text: string
  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  /**
   * The text for its last reader: it is not kept here. The promises of a call that waited long for its turn are old objects
   * by then, and would keep a large answer in memory after it was sent, until old objects are collected.
   */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}

export function toJson(value: unknown): string {
  return value instanceof Json ? value.text : (JSON.stringify(value) ?? 'null')
}

/**
 * JSON text with a number in it that says how many ms ago something was, computed each time that it is sent: a
 * duration means the same to everyone, whatever their clocks say. `since`: ms since 1970.
 */
export type AgingJson = { readonly head: string; readonly since: number; readonly tail: string }

export type JsonText = string | AgingJson

/** The object `json` with a field in front that says how long ago `since` was. */
export const withAge = (json: string, name: string, since: number): AgingJson => ({
  head: `{${JSON.stringify(name)}:`,
  since,
  tail: json === '{}' ? '}' : `,${json.slice(1)}`,
})

/** The same text between two others. */
export const between = (before: string, text: JsonText, after: string): JsonText =>
  typeof text === 'string'
    ? before + text + after
    : { head: before + text.head, since: text.since, tail: text.tail + after }

/** Appends the fields of the object `text` to those of the unfinished object `before`, which has at least one. */
export const spliced = (before: string, text: JsonText): JsonText => {
  if (typeof text === 'string') return text === '{}' ? `${before}}` : `${before},${text.slice(1)}`
  return { head: `${before},${text.head.slice(1)}`, since: text.since, tail: text.tail }
}

/** The text as it is sent at `now`. An age that would be negative because nodes' clocks differ is 0. */
export const textAt = (text: JsonText, now: number): string =>
  typeof text === 'string' ? text : text.head + Math.max(0, now - text.since) + text.tail
