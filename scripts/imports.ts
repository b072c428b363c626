import { posix } from 'node:path'
import { fileBreach, isTest, packageBreach } from './import-rules.ts'

/** Source texts by their path in the repository. */
export type Tree = ReadonlyMap<string, string>

/** Every import of a tree that breaks a rule, and every cycle, as sentences. */
export function importBreaches(tree: Tree): string[] {
  const graph = new Map([...tree].map(([path, text]) => [path, importsOf(text)]))
  const breaches: string[] = []
  for (const [from, names] of graph) {
    for (const name of names) {
      const to = resolved(from, name)
      if (to !== null && !tree.has(to)) breaches.push(`${from} imports ${to}, which is not there`)
      const breach = to === null ? packageBreach(from, name) : fileBreach(from, to)
      if (breach) breaches.push(`${from} imports ${to ?? name}: ${breach}`)
    }
  }
  const files = new Map([...graph].map(([from, names]) => [from, names.flatMap((name) => resolved(from, name) ?? [])]))
  for (const cycle of cycles(files)) breaches.push(`cycle: ${cycle.join(' → ')}`)
  return breaches
}

const statement =
  /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^[ \t]*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

/** What a file imports of code; data and style sheets are what no rule of layers is about. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*.*?\*\//gs, '')
  return [...code.matchAll(statement)]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .filter((name) => !/\.(json|css)$/.test(name))
}

/** The path of a relative import; null for a package. */
function resolved(from: string, name: string): string | null {
  return name.startsWith('.') ? posix.join(posix.dirname(from), name) : null
}

/** Each cycle once, as the files along it, the first one repeated at the end. Types count: they tangle a reader as well. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    const start = path.indexOf(file)
    if (start >= 0) found.push([...path.slice(start), file])
    if (start >= 0 || done.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) if (!isTest(next)) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return found
}
