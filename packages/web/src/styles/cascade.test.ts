import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('..', import.meta.url))

type Rule = {
  sheet: string
  selector: string
  subject: Subject
  /** Whether it says what its element stands in, or beside. */
  isPlaced: boolean
  specificity: string
  properties: string[]
}
/** What the last compound of a selector says of an element; `pseudo` is the pseudo-element that is styled. */
type Subject = { tag: string; classes: string[]; pseudo: string }

/** The rules of a sheet, those in media queries too; faces, frames of animations and the root's variables style no element. */
function rulesOf(sheet: string, css: string): Rule[] {
  const text = css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/@font-face\s*\{[^{}]*\}/g, '')
    .replaceAll(/@keyframes[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '')
  return [...text.matchAll(/(?<=^|[{};])\s*([^@{};][^{};]*)\{([^{}]*)\}/g)].flatMap(([, selectors = '', body = '']) =>
    splitOutside(selectors, ',').map((selector) => ({
      sheet,
      selector,
      subject: subjectOf(selector),
      isPlaced: splitOutside(selector, ' >+~').length > 1,
      specificity: specificityOf(selector).join('.'),
      properties: body
        .split(';')
        .map((line) => line.split(':')[0]?.trim() ?? '')
        .filter((name) => name !== ''),
    })),
  )
}

/** Parts of a text between separators that stand in no bracket. */
function splitOutside(text: string, separator: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    if (depth === 0 && separator.includes(character)) parts.push('')
    else parts.push(`${parts.pop() ?? ''}${character}`)
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function withoutBrackets(text: string): string {
  const from = text.indexOf('(')
  return from < 0 ? text : withoutBrackets(text.slice(0, from) + text.slice(closingFrom(text, from + 1) + 1))
}

function subjectOf(selector: string): Subject {
  const compound = splitOutside(selector, ' >+~').at(-1) ?? ''
  const [element = '', pseudo = ''] = compound.split('::')
  const bare = withoutBrackets(element)
  return {
    tag: /^[a-z][\w-]*/.exec(bare)?.[0] ?? '',
    classes: [...bare.matchAll(/\.([\w-]+)/g)].map(([, name]) => name ?? ''),
    pseudo,
  }
}

/** Classes (with attributes and pseudo-classes) and tags (with pseudo-elements): Selectors 4, section 17. No sheet uses ids. */
function specificityOf(selector: string): [number, number] {
  const nested = /:(is|not|has|where)\(/.exec(selector)
  if (nested) {
    const from = nested.index + nested[0].length
    const to = closingFrom(selector, from)
    const rest = specificityOf(selector.slice(0, nested.index) + selector.slice(to + 1))
    if (nested[1] === 'where') return rest
    const [most] = splitOutside(selector.slice(from, to), ',')
      .map(specificityOf)
      .toSorted((a, b) => b[0] - a[0] || b[1] - a[1])
    return [rest[0] + (most?.[0] ?? 0), rest[1] + (most?.[1] ?? 0)]
  }
  const classes = selector.match(/\.[\w-]+|\[[^\]]*\]|(?<!:):[a-z][\w-]*(\([^)]*\))?/g)
  const tags = selector.match(/(?<![\w.:\-[="])[a-z][\w-]*|::[\w-]+/g)
  return [classes?.length ?? 0, tags?.length ?? 0]
}

/** Where the bracket closes that was opened just before. */
function closingFrom(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return at
  }
  return text.length
}

/** Which classes ever stand on one element together, by what the components write. */
const together = new Set(
  globSync('**/*.tsx', { cwd: sources })
    .flatMap((file) => [...readFileSync(sources + file, 'utf8').matchAll(/class="([^"]+ [^"]+)"/g)])
    .flatMap(([, names = '']) => names.split(' ').flatMap((a) => names.split(' ').map((b) => `${a} ${b}`))),
)

/** Whether an element may match both; two selectors by tag alone, or by tag and by class, may. */
function mayMeet(a: Subject, b: Subject): boolean {
  if (a.pseudo !== b.pseudo) return false
  if (a.tag !== '' && b.tag !== '' && a.tag !== b.tag) return false
  if (a.classes.length === 0 || b.classes.length === 0) return a.classes.length === b.classes.length
  return a.classes.some((one) => b.classes.some((other) => one === other || together.has(`${one} ${other}`)))
}

/** `padding` and `padding-inline` decide the same thing, and so do two of one name. */
const overlap = (a: string, b: string) => a === b || a.startsWith(`${b}-`) || b.startsWith(`${a}-`)

const files = globSync('**/*.css', { cwd: sources }).filter((file) => !file.endsWith('tokens.css'))
const rules = files.flatMap((file) => rulesOf(file, readFileSync(sources + file, 'utf8')))

/**
 * Pairs in different sheets of which the one that comes later would win. Two that both say what an element stands in
 * are left out: the same element does not stand in a menu and in a toast.
 */
function undecided(all: readonly Rule[]): string[] {
  return all.flatMap((a, at) =>
    all.slice(at + 1).flatMap((b) => {
      if (a.sheet === b.sheet || a.specificity !== b.specificity) return []
      if ((a.isPlaced && b.isPlaced) || !mayMeet(a.subject, b.subject)) return []
      const shared = a.properties.filter((one) => b.properties.some((other) => overlap(one, other)))
      return shared.length === 0 ? [] : [`${a.sheet} ${a.selector} and ${b.sheet} ${b.selector}: ${shared.join(', ')}`]
    }),
  )
}

describe('the style sheets', () => {
  it('[W3] override each other by specificity, never by load order', () => {
    assert.deepEqual(undecided(rules), [])
  })

  it('[W3] are reported when they do not', () => {
    const clash = (a: string, b: string) => undecided([...rulesOf('a', a), ...rulesOf('b', b)]).length
    assert.equal(clash('.a { color: red }', '.a { color: blue }'), 1)
    assert.equal(clash('.a:hover { background: red }', '.b > .a { background-color: blue }'), 1)
    assert.equal(clash('.a { padding: 0 }', '@media (width > 1px) { .a { padding-top: 0 } }'), 1)
    assert.equal(clash('.a { color: red }', '.b .a { color: blue }'), 0)
    assert.equal(clash('.a { color: red }', '.a { background: blue }'), 0)
    assert.equal(clash('.a::before { color: red }', '.a::after { color: blue }'), 0)
    assert.equal(clash('.a:has(.b):not(:has(.c:not([d]))) { top: 0 }', '.a.b.c.d { top: 1px }'), 1)
    assert.equal(clash('.a:where(:hover) { color: red }', '.b .a { color: blue }'), 0)
  })

  it('[W3] are each imported by the component beside them', () => {
    const alone = files.filter((file) => {
      const name = file.replace(/^.*\//, '')
      const beside = `${sources}${file.replace(/\.css$/, '.tsx')}`
      return !file.startsWith('styles/') && !readFileSync(beside, 'utf8').includes(`import './${name}'`)
    })
    assert.deepEqual(alone, [])
  })
})
