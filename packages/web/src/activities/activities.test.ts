import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('..', import.meta.url))

test('[ACT1] of an activity’s folder nothing outside of it imports but the list', () => {
  const imports = globSync('**/*.{ts,tsx}', { cwd: sources }).flatMap((file) => {
    const text = readFileSync(sources + file, 'utf8')
    return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to = '']) => ({
      from: file,
      to: new URL(to, `file:///${file}`).pathname.slice(1),
    }))
  })
  const folderOf = (path: string) => /^activities\/([^/]+)\//.exec(path)?.[1]
  const outside = imports.filter(({ from, to }) => folderOf(to) !== undefined && folderOf(from) !== folderOf(to))
  assert.ok(outside.length > 0)
  assert.deepEqual(
    outside.filter(({ from, to }) => from !== 'activities/list.ts' || !to.endsWith('/activity.ts')),
    [],
  )
})
