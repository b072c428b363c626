import { z } from 'zod'

const shape = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i

/** Ms since 1970 of an ISO 8601 time; UTC unless it has an offset. NaN: it is none. */
export function timeIn(text: string): number {
  const [, offset] = shape.exec(text) ?? []
  if (!shape.test(text)) return Number.NaN
  return Date.parse(`${text.replace(' ', 'T')}${offset === undefined ? 'Z' : ''}`)
}

/** A time as clients send it, with `T` or a space, with or without seconds and an offset; parsed to ms since 1970. */
export const timeText = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(timeIn(text)), 'This is not a time such as 2030-01-31T18:00:00Z')
  .transform(timeIn)
