import assert from 'node:assert/strict'
import { test } from 'node:test'
import { en } from '../texts/en.ts'
import { translator } from '../texts/texts.ts'
import { lastLine } from './last-line.ts'

test('a list of rooms shows who said what, who sent files alone, and nothing of a deleted message', () => {
  const t = translator('en', en)
  const line = (text: string | null) => lastLine({ sender: { name: 'Ben' }, text }, t)
  assert.deepEqual(['Hello', '', null].map(line), ['Ben: Hello', 'Ben sent files', null])
  assert.equal(lastLine(null, t), null)
})
