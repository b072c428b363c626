import { ConfigError } from './config-error.ts'

/** A setting in the file; lines count from 1. */
export type DotenvEntry = {
  name: string
  value: string
  line: number
  /** An unquoted value contains a #, which other parsers take for the start of a comment. */
  hasLooseHash: boolean
}

const empty = /[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r|$)/y
const start = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=/y
const openQuote = /[ \t]*(["'`])/y
const quoted = /[ \t]*(["'`])([^]*?)\1/y
const plain = /([^\r\n]*)(?:\r\n|\n|\r|$)/y

/**
 * Parses `.env` by the rules that shells and Docker share: `NAME=value`, optionally after `export`; three kinds of
 * quotes (`\n` in double quotes is a line break, and quoted values may span lines); comments. A `#` begins a comment at
 * the start of a line and after a space; otherwise it is part of the value. Any other line throws, because it could be
 * a setting with a typing error. No message repeats a value: it may be a secret.
 */
export function readDotenv(text: string): DotenvEntry[] {
  const entries: DotenvEntry[] = []
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const sees = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.test(text)
  }
  while (at < text.length) {
    if (match(empty)) continue
    const line = lineAt(text, at)
    const name = match(start)?.[1]
    if (name === undefined)
      throw new ConfigError(`.env, line ${line}, is neither NAME=value nor a comment: correct it or put a # before it.`)
    if (!sees(openQuote)) {
      const value = withoutComment(match(plain)?.[1] ?? '')
      entries.push({ name, value, line, hasLooseHash: value.includes('#') })
      continue
    }
    const [, quote, inside = ''] = match(quoted) ?? []
    if (quote === undefined)
      throw new ConfigError(`${name} in .env, line ${line}, has a quote that is not closed: close it.`)
    if (!match(empty))
      throw new ConfigError(
        `${name} in .env, line ${line}, continues after its closing quote: put the whole value in quotes, or remove the rest.`,
      )
    const value = quote === '"' ? inside.replaceAll('\\n', '\n') : inside
    entries.push({ name, value, line, hasLooseHash: false })
  }
  return entries
}

function withoutComment(value: string): string {
  const comment = value.search(/[ \t]#/)
  return (comment === -1 ? value : value.slice(0, comment)).replace(/^[ \t]+|[ \t]+$/g, '')
}

/** The line number of an offset. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split(/\r\n|\n|\r/).length
