import { ConfigError } from './config-error.ts'

/** A setting as it stands in the file; lines count from 1. */
export type DotenvEntry = {
  name: string
  value: string
  line: number
  /** A # stands in a value without quotes, where other readers of such files begin a comment. */
  hasLooseHash: boolean
}

const empty = /[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r|$)/y
const start = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=/y
const openQuote = /[ \t]*(["'`])/y
const quoted = /[ \t]*(["'`])([^]*?)\1/y
const plain = /([^\r\n]*)(?:\r\n|\n|\r|$)/y

/**
 * Reads `.env` as its users know it from shells and Docker: `NAME=value`, `export` before it, quotes of three kinds (in
 * double ones `\n` is a line break, and all may go on over lines), comments. A `#` begins a comment at the start of a
 * line and after a space; within a value it is a part of it. What is none of this stops the start, for it could be the
 * setting that was meant. No message repeats a value: it may be a secret.
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
      throw new ConfigError(`.env, line ${line}, is neither NAME=value nor a comment: mend it or put a # before it.`)
    if (!sees(openQuote)) {
      const value = withoutComment(match(plain)?.[1] ?? '')
      entries.push({ name, value, line, hasLooseHash: value.includes('#') })
      continue
    }
    const [, quote, inside = ''] = match(quoted) ?? []
    if (quote === undefined)
      throw new ConfigError(`${name} in .env, line ${line}, opens a quote that nothing closes: close it.`)
    if (!match(empty))
      throw new ConfigError(
        `${name} in .env, line ${line}, goes on behind its closing quote: put all of the value in quotes, or end it there.`,
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

/** The number of the line in which a character stands. */
export const lineAt = (text: string, at: number): number => text.slice(0, at).split(/\r\n|\n|\r/).length
