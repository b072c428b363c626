declare const shape: unique symbol

/**
 * JSON text that was already made, of a value of type T. A handler may return it instead of the value, so that what
 * was encoded once for the room is not encoded again for the ack.
 */
export class Json<T> {
  declare readonly [shape]: T
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export function toJson(value: unknown): string {
  return value instanceof Json ? value.text : (JSON.stringify(value) ?? 'null')
}
