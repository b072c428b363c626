import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from './config-error.ts'
import { readDotenv } from './dotenv.ts'
import { readJsonFile } from './json-file.ts'

const read = (text: string) => Object.fromEntries(readDotenv(text).map(({ name, value }) => [name, value]))

const values: [string, string, string][] = [
  ['plain', 'A=b', 'b'],
  ['with an = in it', 'A=b=c==', 'b=c=='],
  ['spaces around name and value', '  A  =  b c  ', 'b c'],
  ['export', 'export A=b', 'b'],
  ['CRLF', 'A=b\r\nB=c\r\n', 'b'],
  ['no line break at the end', '\n\n# x\nA=b', 'b'],
  ['empty', 'A=\nB=c', ''],
  ['a comment alone', 'A= # c', ''],
  ['a comment behind', 'A=b # c', 'b'],
  ['a comment behind a tab', 'A=b\t# c', 'b'],
  ['a # within', 'A=b#c', 'b#c'],
  ['a # at its start', 'A=#c', '#c'],
  ['double quotes', 'A="b # c" # d', 'b # c'],
  ['single quotes', `A='b "c"'`, 'b "c"'],
  ['backticks', 'A=`it\'s "b"`', `it's "b"`],
  ['a quote within', `A=it's`, "it's"],
  ['a line break by name in double quotes', 'A="b\\nc"', 'b\nc'],
  ['none by name in single quotes', "A='b\\nc'", 'b\\nc'],
  ['several lines', 'A="b\nc"\nB=d', 'b\nc'],
  ['spaces in quotes', 'A=" b "', ' b '],
]
for (const [what, text, value] of values) {
  test(`[CFG2] .env: ${what}`, () => {
    assert.equal(read(text)['A'], value)
  })
}

test('[CFG4] .env: each entry has its line number, also after a value of several lines', () => {
  assert.deepEqual(
    readDotenv('A="b\nc"\n\nB=d\rC=e').map(({ name, line }) => [name, line]),
    [
      ['A', 1],
      ['B', 4],
      ['C', 5],
    ],
  )
})

const refused: [string, string, RegExp][] = [
  ['a colon', 'A=b\nSECRET: hunter2', /^\.env, line 2, is neither NAME=value nor a comment/],
  ['a name alone', 'SECRET', /^\.env, line 1, is neither/],
  ['a space that is none', '\u00a0A=b', /^\.env, line 1, is neither/],
  ['a byte order mark within', 'A=b\n\ufeffB=c', /^\.env, line 2, is neither/],
  ['a name that begins with a digit', '1A=b', /^\.env, line 1, is neither/],
  ['a quote left open', 'A=b\n\nSECRET="hunter2\nB=c', /^SECRET in \.env, line 3, has a quote that is not closed/],
  ['more behind a quote', `SECRET='hunter2'x`, /^SECRET in \.env, line 1, continues after its closing quote/],
  ['a quote that the next setting closes', 'SECRET="hunter2\nB="c"', /^SECRET in \.env, line 1, continues after/],
]
for (const [what, text, words] of refused) {
  test(`[CFG1] [CFG4] .env: ${what} stops the start, and no value is repeated`, () => {
    assert.throws(
      () => readDotenv(text),
      (error) => error instanceof ConfigError && words.test(error.message) && !error.message.includes('hunter2'),
    )
  })
}

test('[CFG4] JSON: reads names, values and lines, also of repeated names', () => {
  const text =
    '{\n "a": {"x": [1, {"y": null}], "z": "}"},\n "b": [],\r\n "a": -1.5e3, "c": "\\"\\u0041", "d": {}, "e": false\n}\n'
  assert.deepEqual(readJsonFile(text, 'x.json'), [
    { name: 'a', value: { x: [1, { y: null }], z: '}' }, line: 2 },
    { name: 'b', value: [], line: 3 },
    { name: 'a', value: -1500, line: 4 },
    { name: 'c', value: '"A', line: 4 },
    { name: 'd', value: {}, line: 4 },
    { name: 'e', value: false, line: 4 },
  ])
  assert.deepEqual(readJsonFile('{}', 'x.json'), [])
})

const broken: [string, number][] = [
  ['', 1],
  ['{', 1],
  ['{\n"a": 1,\n}', 3],
  ['{\n"a" 1}', 2],
  ['{\n"a": }', 2],
  ['{"a": 1}\n}', 2],
  ['{"a": tru}', 1],
  ['{"a": 01}', 1],
  ["{\n\n'a': 1}", 3],
  ['{"a": "b\nc"}', 1],
  ['{"a": [1 2]}', 1],
  ['{"a": 1 // c\n}', 1],
  ['{"a": "\\x"}', 1],
  ['{"a": -}', 1],
]
for (const [text, line] of broken) {
  test(`[CFG4] JSON: ${JSON.stringify(text)} is refused with line ${line}`, () => {
    assert.throws(() => JSON.parse(text))
    assert.throws(
      () => readJsonFile(text, 'x.json'),
      new RegExp(`^ConfigError: x\\.json, line ${line}, is not valid JSON`),
    )
  })
}
