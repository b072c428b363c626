import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
type Theme = 'light' | 'dark'

/** The colour of a token in a theme. */
function colour(name: string, theme: Theme): string {
  const pair = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens)
  const one = new RegExp(`--${name}: (#\\w{6});`).exec(tokens)
  const found = pair?.[theme === 'light' ? 1 : 2] ?? one?.[1]
  assert.ok(found, `--${name} is not in tokens.css`)
  return found
}

/** Relative luminance: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['surface', 'sunken', 'raised']
const texts = ['ink', 'ink-soft', 'accent', 'accent-strong', 'danger', 'danger-strong', 'ok', 'warn']
const readable: [string, string][] = [
  ...grounds.flatMap((ground) => texts.map((text): [string, string] => [text, ground])),
  ...['accent', 'accent-strong', 'ink', 'ink-soft'].map((text): [string, string] => [text, 'accent-soft']),
  ...['danger', 'danger-strong', 'ink'].map((text): [string, string] => [text, 'danger-soft']),
  ...['ok', 'ink'].map((text): [string, string] => [text, 'ok-soft']),
  ...['warn', 'ink'].map((text): [string, string] => [text, 'warn-soft']),
  ...['accent', 'accent-strong'].map((ground): [string, string] => ['accent-ink', ground]),
  ...['danger', 'danger-strong'].map((ground): [string, string] => ['danger-ink', ground]),
  ...Array.from({ length: 10 }, (_, tone): [string, string] => ['person-ink', `person-${tone}`]),
]
const edges: [string, string][] = grounds.flatMap((ground): [string, string][] => [
  ['line-strong', ground],
  ['accent', ground],
])

describe('the palette', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`is readable in the ${theme} theme: 4.5 to 1 for text, 3 to 1 for the edges of controls`, () => {
      const tooClose = [...readable.map((pair) => [pair, 4.5] as const), ...edges.map((pair) => [pair, 3] as const)]
        .map(([[over, under], least]) => ({
          over,
          under,
          least,
          is: contrast(colour(over, theme), colour(under, theme)),
        }))
        .filter(({ is, least }) => is < least)
      assert.deepEqual(tooClose, [])
    })
  }
})
