import { ConfigError } from './config-error.ts'
import { lineAt } from './dotenv.ts'

/** A name and its value in a JSON file; lines count from 1. */
export type JsonEntry = { name: string; value: unknown; line: number }

type Token = { text: string; at: number }

const tokens =
  /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]|[^ \t\r\n]/gu

/**
 * The settings of a JSON object (RFC 8259) with their lines; a duplicate name is listed twice. JSON.parse keeps only
 * one of two, and its errors often have no position.
 */
export function readJsonFile(text: string, file: string): JsonEntry[] {
  const all: Token[] = [...text.matchAll(tokens)].map(({ 0: found, index }) => ({ text: found, at: index }))
  const end: Token = { text: '', at: text.length }
  let position = 0
  const next = () => all[position++] ?? end
  const unexpected = ({ at }: Token) =>
    new ConfigError(`${file}, line ${lineAt(text, at)}, is not valid JSON: correct it or unset CONFIG_FILE.`)

  /** Skips the value that begins with this token. */
  function value(first: Token): void {
    if (first.text === '{') members(() => undefined)
    else if (first.text === '[') list(']', value)
    else if (!/^(["\d-].+|\d|true|false|null)$/s.test(first.text)) throw unexpected(first)
  }
  function members(found: (name: Token, from: Token) => void): void {
    list('}', (name) => {
      const colon = next()
      if (!/^".*"$/s.test(name.text)) throw unexpected(name)
      if (colon.text !== ':') throw unexpected(colon)
      const from = next()
      value(from)
      found(name, from)
    })
  }
  /** Comma-separated items up to the closing bracket. */
  function list(closing: string, item: (first: Token) => void): void {
    let token = next()
    if (token.text === closing) return
    for (;;) {
      item(token)
      const after = next()
      if (after.text === closing) return
      if (after.text !== ',') throw unexpected(after)
      token = next()
    }
  }

  const entries: JsonEntry[] = []
  const first = next()
  if (first.text === '{')
    members((name, from) => {
      const last = all[position - 1] ?? end
      const raw = text.slice(from.at, last.at + last.text.length)
      entries.push({ name: String(JSON.parse(name.text)), value: JSON.parse(raw), line: lineAt(text, name.at) })
    })
  else value(first)
  const behind = next()
  if (behind !== end) throw unexpected(behind)
  if (first.text !== '{') throw new ConfigError(`${file} must contain one JSON object with settings by name.`)
  return entries
}
