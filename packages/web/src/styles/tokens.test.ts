import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(sources + file, 'utf8')
const sheets = globSync('**/*.css', { cwd: sources })
const components = globSync('**/*.tsx', { cwd: sources })

const namesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name)

test('every custom property that a style sheet uses is a token, has a value of its own, or is set by a component', () => {
  const set = new Set([
    ...sheets.flatMap((sheet) => namesIn(read(sheet), /(--[\w-]+)\s*:/g)),
    ...components.flatMap((file) => namesIn(read(file), /'(--[\w-]+)'/g)),
  ])
  const missing = sheets.flatMap((sheet) =>
    // One with a fallback may be unset.
    namesIn(read(sheet), /var\((--[\w-]+)\)/g)
      .filter((name) => !set.has(name))
      .map((name) => `${sheet}: ${name}`),
  )
  assert.deepEqual(missing, [])
})

test('every token is used', () => {
  const used = new Set([...sheets, ...components].flatMap((file) => namesIn(read(file), /var\((--[\w-]+)/g)))
  // Those of the ten colours are chosen by number.
  const unused = namesIn(read('styles/tokens.css'), /^ {2}(--[\w-]+):/gm).filter(
    (name) => !used.has(name) && !/^--(hue|person)-\d/.test(name),
  )
  assert.deepEqual(unused, [])
})

test('every size of type is a token, or follows from what it stands in', () => {
  const own = sheets
    .filter((sheet) => sheet !== 'styles/tokens.css')
    .flatMap((sheet) =>
      namesIn(read(sheet), /font(?:-size)?:([^;{}]*\d(?:px|rem)[^;{}]*);/g).map((size) => `${sheet}:${size}`),
    )
    .filter((size) => !size.includes('calc('))
  // Below 16 px phones zoom into fields.
  assert.deepEqual(own, ['styles/base.css: max(16px, 1rem)'])
})
