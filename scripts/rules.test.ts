import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ruleBreaches } from './rules.ts'

const held = 'packages/server/src/core/README.md'

/** What is wrong with these files; those that end in .md are the READMEs. */
function breaches(files: Record<string, string>): string[] {
  const tree = (isReadme: boolean) => Object.entries(files).filter(([path]) => path.endsWith('.md') === isReadme)
  return ruleBreaches(new Map(tree(true)), new Map(tree(false)))
}

test('a rule counts as tested by a quote in its folder, in one below it, or in a folder without such a rule', () => {
  for (const path of ['room/ring.test.ts', 'room/sql/rows.test.ts', 'test/faults/crash.test.ts']) {
    assert.deepEqual(breaches({ 'room/README.md': '- **[C1]** It holds.', [path]: "test('[C1] it holds')" }), [])
  }
})

test('a test in a part with a rule of the same id proves only that rule', () => {
  const files = {
    'room/README.md': '- **[C1]** It holds.',
    'client/README.md': '- **[C1]** Another.',
    'room/ring.test.ts': "test('[C1] it holds')",
  }
  assert.deepEqual(breaches(files), ['no test quotes rule C1 of client/README.md'])
})

test('reports ids without a rule, in tests and in comments', () => {
  const files = { 'room/ring.test.ts': "test('[C9] it holds')", 'room/ring.ts': '// As rule C8 says: `[X1]` is code.' }
  assert.deepEqual(breaches(files), [
    'room/ring.test.ts quotes rule C9, which no README has',
    'room/ring.ts quotes rule C8, which no README has',
  ])
})

test('a quote in a comment does not count as a test, and an id may stand once in a README', () => {
  const files = { 'room/README.md': '- **[C1]** It holds.\n- **[C1]** It holds.', 'room/ring.ts': '// rule C1' }
  assert.deepEqual(breaches(files)[0], 'room/README.md has two rules C1')
  assert.ok(breaches(files).includes('no test quotes rule C1 of room/README.md'))
})

test('a rule that the type checker enforces needs no test', () => {
  assert.deepEqual(breaches({ [held]: '- **[T7]** It does not compile.' }), [])
})
