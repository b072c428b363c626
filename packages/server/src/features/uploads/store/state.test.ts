import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fileName, noFacts, readFacts } from './state.ts'

test('[UP4] a name is reduced to what names a file on any system', () => {
  const names: Record<string, string> = {
    'photo.jpg': 'photo.jpg',
    '../../../etc/passwd': 'passwd',
    '..\\..\\boot.ini': 'boot.ini',
    'a\u0000b\r\nX: y': 'a b X y',
    '\u202egpj.exe': 'gpj.exe',
    '.htaccess': 'htaccess',
    '  é\u0301 .txt ': 'é\u0301 .txt',
    '...': 'file',
    '': 'file',
    '\u200b': 'file',
    'x/': 'file',
  }
  for (const [given, name] of Object.entries(names)) assert.equal(fileName(given), name.normalize('NFC'), given)
  assert.equal(fileName(`${'a'.repeat(300)}.jpeg`), `${'a'.repeat(115)}.jpeg`)
  assert.equal(fileName('😀'.repeat(100)).length, 120)
})

test('[UP4] whatever is given, a name is short, well-formed, visible and no path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const name = fileName(given)
      assert.ok(name.length >= 1 && name.length <= 120 && name.isWellFormed())
      assert.doesNotMatch(name, /[/\\\p{Cc}\p{Cf}]|^\.|\.$/u)
      assert.equal(fileName(name), name)
    }),
  )
})

test('[UP1] facts that cannot be read make a file that is only downloaded', () => {
  for (const text of ['', '{', '[]', '{"kind":"image"}', 'null']) assert.deepEqual(readFacts(text), noFacts)
})
