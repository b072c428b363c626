import { posix } from 'node:path'
import { isTest } from './import-rules.ts'
import type { Tree } from './imports.ts'

/** Rules that no test can quote, each with what holds them instead. */
const heldOtherwise: Readonly<Record<string, string>> = {
  'packages/server/src/core/README.md T7': 'the type checker',
}

const declared = /^- \*\*\[([A-Z]+\d+)\]\*\*/gm
const quoted = /\[([A-Z]{1,4}\d+)\]/g
const cited = /\brules? ([A-Z]{1,4}\d+)/gi

/**
 * What is wrong between the rules of READMEs and the tests that quote their ids, as sentences. An id belongs to the README
 * in the folder of the file that quotes it, or in one above it; where none of them has it, to every README that has.
 */
export function ruleBreaches(readmes: Tree, sources: Tree): string[] {
  const rules = new Map([...readmes].map(([path, text]) => [path, idsIn(text, declared)]))
  const breaches: string[] = []
  const proved = new Set(Object.keys(heldOtherwise))
  for (const [path, ids] of rules) {
    for (const id of ids.filter((one, at) => ids.indexOf(one) !== at)) breaches.push(`${path} has two rules ${id}`)
  }
  for (const [path, text] of sources) {
    for (const id of idsIn(text, isTest(path) ? quoted : cited)) {
      const meant = readmesOf(id, path, rules)
      if (meant.length === 0) breaches.push(`${path} quotes rule ${id}, which no README has`)
      if (isTest(path)) for (const readme of meant) proved.add(`${readme} ${id}`)
    }
  }
  for (const [path, ids] of rules) {
    for (const id of ids) if (!proved.has(`${path} ${id}`)) breaches.push(`no test quotes rule ${id} of ${path}`)
  }
  return breaches
}

const idsIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, id]) => id ?? '')

function readmesOf(id: string, from: string, rules: ReadonlyMap<string, readonly string[]>): string[] {
  const having = [...rules].filter(([, ids]) => ids.includes(id)).map(([path]) => path)
  const above = having
    .filter((path) => from.startsWith(`${posix.dirname(path)}/`))
    .toSorted((a, b) => b.length - a.length)
  return above.length > 0 ? above.slice(0, 1) : having
}
