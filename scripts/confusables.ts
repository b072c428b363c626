import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Writes packages/server/src/core/text/confusables.generated.ts from the tables of the crate unicode-security, which are those of
 * Unicode's confusables.txt (UTS #39): `cargo add unicode-security`, then `node scripts/confusables.ts` with the path of
 * `src/tables.rs` of that crate.
 * Left out is what NFKC turns into something else: names are compared in that form.
 */
const [path = ''] = process.argv.slice(2)
const source = readFileSync(path, 'utf8')
const version = /UNICODE_VERSION: [^=]*= \((\d+), (\d+), (\d+)\)/.exec(source)?.slice(1).join('.') ?? 'unknown'
const table = /CONFUSABLES: [^=]*= &\[([\s\S]*?)\];/.exec(source)?.[1] ?? ''
const codes = (text: string): number[] =>
  [...text.matchAll(/\\u\{([\da-f]+)\}/g)].map(([, hex = '']) => Number.parseInt(hex, 16))

const lookAlikes = new Map<string, string[]>()
for (const [, from = '', to = ''] of table.matchAll(/\(('\\u\{[\da-f]+\}'),\s*&\[([^\]]*)\]\)/g)) {
  const text = String.fromCodePoint(...codes(from))
  if (text.normalize('NFKC') !== text) continue
  const prototype = codes(to).map((code) => code.toString(36))
  const key = prototype.join('+')
  lookAlikes.set(key, [...(lookAlikes.get(key) ?? []), ...codes(from).map((code) => code.toString(36))])
}

const lines: string[] = ['']
for (const [prototype, froms] of lookAlikes) {
  const entry = `${prototype}=${froms.join(',')}`
  const last = lines.at(-1) ?? ''
  if (last.length + entry.length < 118) lines[lines.length - 1] = last === '' ? entry : `${last} ${entry}`
  else lines.push(entry)
}
writeFileSync(
  new URL('../packages/server/src/core/text/confusables.generated.ts', import.meta.url),
  `// Made by scripts/confusables.ts. Data of Unicode's confusables.txt (https://www.unicode.org/license.txt).
export const confusablesVersion = '${version}'
/** \`prototype=look-alike,look-alike\`, code points in base 36, those of a longer prototype joined by +. */
export const confusables = \`
${lines.filter((line) => line !== '').join('\n')}
\`
`,
)
