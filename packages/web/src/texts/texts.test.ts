import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wireContracts } from '../../../server/src/compose/declared.ts'
import { datesIn } from './dates.ts'
import { en as enFirst } from './en.ts'
import { enRest } from './en-rest.ts'
import { es as esFirst } from './es.ts'
import { esRest } from './es-rest.ts'
import { localeOf, translator } from './texts.ts'

const en = { ...enFirst, ...enRest }
const es = { ...esFirst, ...esRest }

const namesIn = (text: string | object): string[] =>
  [...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted((a, b) => a.localeCompare(b))

describe('the catalogue', () => {
  it('fills in the same values in every language', () => {
    for (const [key, text] of Object.entries(es)) {
      const english: unknown = Object.entries(en).find(([name]) => name === key)?.[1]
      assert.ok(typeof english === 'string' || (typeof english === 'object' && english !== null))
      assert.deepEqual(new Set(namesIn(text)), new Set(namesIn(english)), key)
    }
  })

  it('has a text for every error code of the server, without loading more', () => {
    assert.deepEqual(
      wireContracts.errors.filter(({ code }) => !(`error.${code}` in enFirst)),
      [],
    )
  })

  it('has no text twice', () => {
    for (const [first, rest] of [
      [enFirst, enRest],
      [esFirst, esRest],
    ])
      assert.deepEqual(
        Object.keys(rest ?? {}).filter((key) => key in (first ?? {})),
        [],
      )
  })

  it('formats plurals and numbers for the language', () => {
    const english = translator('en', en)
    const spanish = translator('es', es)
    assert.equal(english('landing.members', { count: 1 }), '1 person')
    assert.equal(english('landing.members', { count: 12_000 }), '12,000 people')
    assert.equal(spanish('landing.members', { count: 1 }), '1 persona')
    assert.equal(spanish('landing.members', { count: 12_000 }), '12.000 personas')
  })
})

describe('dates', () => {
  it('follow the regional variant of the chosen language', () => {
    assert.equal(localeOf('en', ['es-MX', 'en-GB', 'en-US']), 'en-GB')
    assert.equal(localeOf('es', ['en-GB']), 'es')
    assert.equal(localeOf('en', ['en-us']), 'en-US')
    const { time } = datesIn(localeOf('en', ['en-GB']))
    assert.equal(time(new Date(2026, 2, 12, 20, 5)), '20:05')
  })

  const posix = ['en-US@posix', 'en_US.UTF-8', 'C', 'POSIX', '', 'en-US-u-va-posix', '*', 'i', 'en--US', 'x-own', '12']
  for (const name of posix)
    it(`are written whatever the browser reports as its language: ${JSON.stringify(name)}`, () => {
      const { time, ago } = datesIn(localeOf('en', [name]))
      assert.match(time(new Date(2026, 2, 12, 20, 5)), /05/)
      assert.equal(ago(new Date(2026, 2, 11, 23, 59), now), 'yesterday')
    })

  const now = new Date(2026, 2, 12, 15, 30)
  const { ago, day } = datesIn('en')
  it('are relative for a week', () => {
    assert.equal(ago(new Date(2026, 2, 12, 15, 29, 30), now), 'now')
    assert.equal(ago(new Date(2026, 2, 12, 15, 20), now), '10 minutes ago')
    assert.equal(ago(new Date(2026, 2, 12, 9, 20), now), '6 hours ago')
    assert.equal(ago(new Date(2026, 2, 11, 23, 59), now), 'yesterday')
    assert.equal(ago(new Date(2026, 2, 1), now), 'March 1, 2026')
  })
  it('are short beside a room', () => {
    const { moment } = datesIn('en-GB')
    const at = (...[year, month, date]: [number, number, number]) => moment(new Date(year, month, date, 20, 5), now)
    assert.deepEqual([at(2026, 2, 12), at(2026, 2, 11), at(2026, 0, 2)], ['20:05', 'Wed', '2 Jan'])
    assert.equal(at(2025, 11, 31), '31/12/2025')
  })
  it('show the day of messages', () => {
    assert.equal(day(new Date(2026, 2, 12, 0, 1), now), 'Today')
    assert.equal(day(new Date(2026, 2, 11, 23, 59), now), 'Yesterday')
    assert.equal(day(new Date(2026, 2, 2), now), 'Monday, March 2')
    assert.equal(day(new Date(2025, 11, 31), now), 'December 31, 2025')
  })
})
