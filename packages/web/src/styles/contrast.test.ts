import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { tones } from '../ui/tone.ts'

const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const themes = ['light', 'dark'] as const
type Theme = (typeof themes)[number]
/** Red, green and blue of 255 each, and opacity. */
type Colour = readonly [number, number, number, number]

/** The colour of a token in a theme. */
function colour(name: string, theme: Theme): Colour {
  const pair = new RegExp(`--${name}: light-dark\\((#\\w{6}|rgb\\([^)]*\\)), (#\\w{6}|rgb\\([^)]*\\))\\)`).exec(tokens)
  const one = new RegExp(`--${name}: (#\\w{6});`).exec(tokens)
  const found = pair?.[theme === 'light' ? 1 : 2] ?? one?.[1]
  assert.ok(found, `--${name} is not in tokens.css`)
  if (found.startsWith('#')) {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(found.slice(at, at + 2), 16))
    return [red, green, blue, 1]
  }
  const [red = 0, green = 0, blue = 0, opacity = 1] = (found.match(/[\d.]+/g) ?? []).map(Number)
  return [red, green, blue, opacity]
}

/** A colour that lies over an opaque one. */
function over([red, green, blue, opacity]: Colour, under: Colour): Colour {
  const mixed = [red, green, blue].map((share, at) => share * opacity + (under[at] ?? 0) * (1 - opacity))
  const [r = 0, g = 0, b = 0] = mixed
  return [r, g, b, 1]
}

/** Relative luminance: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(of: Colour): number {
  const [red = 0, green = 0, blue = 0] = of.slice(0, 3).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const planes = ['rail', 'page', 'stage', 'overlay', 'field']
const onPlanes = ['ink', 'ink-soft', 'accent', 'accent-strong', 'warm', 'danger', 'danger-strong', 'ok', 'warn']
/** What can be read: the text, what it stands on, and the plane beneath where that is seen through. */
type Pair = readonly [text: string, ground: string, plane?: string]
const ten = Array.from({ length: tones }, (_, tone) => tone)
const readable: readonly Pair[] = [
  ...planes.flatMap((plane) => onPlanes.map((text): Pair => [text, plane])),
  ...planes.flatMap((plane) => ['ink', 'ink-soft', 'accent'].map((text): Pair => [text, 'fill', plane])),
  ...planes.flatMap((plane): Pair[] => [['ink', 'fill-strong', plane]]),
  ...['accent', 'accent-strong', 'ink', 'ink-soft'].map((text): Pair => [text, 'accent-soft']),
  ...['danger', 'danger-strong', 'ink'].map((text): Pair => [text, 'danger-soft']),
  ...['ok', 'ink'].map((text): Pair => [text, 'ok-soft']),
  ...['warn', 'ink'].map((text): Pair => [text, 'warn-soft']),
  ...['accent', 'accent-strong'].map((ground): Pair => ['accent-ink', ground]),
  ['warm-ink', 'warm'],
  ...['danger', 'danger-strong'].map((ground): Pair => ['danger-ink', ground]),
  ...ten.map((tone): Pair => ['person-ink', `person-${tone}`]),
]
/** In a theatre the tokens are the dark ones. */
const inTheatre = ['ink', 'ink-soft', 'accent', 'warm', 'danger'].map((text): Pair => [text, 'theatre'])
const edges: readonly Pair[] = planes.flatMap((plane): Pair[] => [
  ['line-strong', plane],
  ['accent', plane],
  ['warm', plane],
])

/** The pairs whose contrast is less. */
function tooClose(pairs: readonly Pair[], least: number, theme: Theme): { pair: Pair; is: number }[] {
  return pairs
    .map((pair) => {
      const [text, ground, plane] = pair
      const opaque = plane === undefined ? colour(ground, theme) : over(colour(ground, theme), colour(plane, theme))
      return { pair, is: contrast(colour(text, theme), opaque) }
    })
    .filter(({ is }) => is < least)
}

describe('the palette', () => {
  for (const theme of themes) {
    it(`is readable in the ${theme} theme: 4.5 to 1 for text, 3 to 1 for the edges of controls`, () => {
      assert.deepEqual([...tooClose(readable, 4.5, theme), ...tooClose(edges, 3, theme)], [])
    })

    it(`[W10] has ten hues of rooms in the ${theme} theme on which what stands for a picture is read easily`, () => {
      const onHues = ten.map((tone): Pair => [`hue-${tone}-ink`, `hue-${tone}`])
      assert.deepEqual(tooClose(onHues, 6.5, theme), [])
      const different = new Set(ten.map((tone) => colour(`hue-${tone}`, theme).join()))
      assert.equal(different.size, tones)
    })
  }

  it('is readable in a theatre', () => {
    assert.deepEqual(tooClose(inTheatre, 4.5, 'dark'), [])
  })
})
