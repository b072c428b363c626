import { ConfigError } from './config-error.ts'
import { lineAt } from './dotenv.ts'

/** A value by its name as it stands in a JSON file; lines count from 1. */
export type JsonEntry = { name: string; value: unknown; line: number }

type Token = { text: string; at: number }

const tokens =
  /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]|[^ \t\r\n]/gu

/**
 * The settings of a JSON object (RFC 8259) with their lines; a name that stands twice is there twice. JSON.parse keeps one
 * of two, and often does not tell where it stopped.
 */
export function readJsonFile(text: string, file: string): JsonEntry[] {
  const all: Token[] = [...text.matchAll(tokens)].map(({ 0: found, index }) => ({ text: found, at: index }))
  const end: Token = { text: '', at: text.length }
  let position = 0
  const next = () => all[position++] ?? end
  const unexpected = ({ at }: Token) =>
    new ConfigError(`${file}, line ${lineAt(text, at)}, is not JSON: mend it or unset CONFIG_FILE.`)

  /** Passes over a value that begins with this token. */
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
  /** Items with commas between them, up to the closing bracket. */
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
  if (first.text !== '{') throw new ConfigError(`${file} must hold one JSON object of settings by name.`)
  return entries
}
