import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { holds, type Invite, linkToShow } from './lifetime.ts'

const now = Date.parse('2026-03-12T12:00:00Z')
const invite = (rest: Partial<Invite>): Invite => ({
  id: 'i1',
  url: '',
  expires_at: null,
  max_uses: null,
  uses: 0,
  created_at: '2026-03-10T12:00:00Z',
  ...rest,
})

describe('an invitation', () => {
  it('is valid until it expires or its uses are spent', () => {
    assert.equal(holds(invite({ uses: 40 }), now), true)
    assert.equal(holds(invite({ expires_at: '2026-03-12T12:00:01Z' }), now), true)
    assert.equal(holds(invite({ expires_at: '2026-03-12T11:59:59Z' }), now), false)
    assert.equal(holds(invite({ max_uses: 2, uses: 2 }), now), false)
  })

  it('is shown if it is the newest one that can be shared', () => {
    const newer = invite({ id: 'i2', created_at: '2026-03-11T12:00:00Z' })
    assert.equal(linkToShow([invite({}), newer], now)?.id, 'i2')
    assert.equal(linkToShow([invite({}), { ...newer, max_uses: 1 }], now)?.id, 'i1')
    assert.equal(linkToShow([{ ...newer, expires_at: '2026-03-12T12:30:00Z' }], now), null)
    assert.equal(linkToShow([], now), null)
  })
})
