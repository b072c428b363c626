import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredFile } from '@parlor/client'
import { placeOf, type Slide } from './slides.ts'

const file = (id: string): StoredFile => ({
  ...{ id, url: `/api/files/${id}`, name: id, mime_type: 'image/png', kind: 'image', state: 'ready', size: 1 },
  ...{ width: 1, height: 1, duration: null, waveform: null, placeholder: null, alt: null, renditions: [] },
})
const sender = { id: 'ann', name: 'Ann', avatar_url: null, guest: false }
const slides = (...ids: string[]): Slide[] =>
  ids.map((id) => ({ file: file(id), message: { room_id: 'r', seq: 1, sender, created_at: '2026-01-01T00:00:00Z' } }))

test('[VW2] what is shown stays while others come and go; what is gone is followed by its neighbour', () => {
  assert.equal(placeOf(slides('z', 'a', 'b', 'c'), 'b', 1), 2)
  assert.equal(placeOf(slides('a', 'c'), 'b', 1), 1)
  assert.equal(placeOf(slides('a'), 'b', 1), 0)
  assert.equal(placeOf([], 'b', 1), -1)
})
