import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { Copy } from './copy.ts'

const features = 'packages/server/src/features'
const folder = `${features}/polls`
const list = `${features}/list.ts`
const compose = 'packages/server/src/compose'

suite('the feature of docs/new-feature.md, added to a copy of the repository', { timeout: 600_000 }, () => {
  let copy: Copy
  before(() => {
    copy = new Copy()
    for (const [path, text] of filesOf(copy.read('docs/new-feature.md'))) copy.write(`${folder}/${path}`, text)
    const imported = "import { pollsFeature } from './polls/feature.ts'\n"
    copy.write(list, imported + copy.read(list).replace('  opsFeature,\n', '  pollsFeature,\n  opsFeature,\n'))
    const { said } = tests(`${compose}/wire.test.ts`)
    const hash = /add to the end of "history" in features\/polls\/wire\.lock\.json: \{"hash":"(\w+)"/.exec(said)?.[1]
    assert.ok(hash, said)
    copy.write(`${folder}/wire.lock.json`, copy.read(`${folder}/wire.lock.json`).replace('"?"', `"${hash}"`))
    const docs = copy.run('scripts/docs.ts')
    assert.ok(docs.passes, docs.said)
  })
  after(() => copy[Symbol.dispose]())

  const tests = (...args: string[]) => copy.run('', '--test', '--test-reporter=spec', ...args)

  test('edits its folder and the list, and what is generated', () => {
    const generated = /^(docs\/|\.env\.example$|packages\/client\/src\/generated\/)/
    assert.deepEqual(
      copy.changed().filter((path) => path !== list && !path.startsWith(`${folder}/`) && !generated.test(path)),
      [],
    )
  })

  test('passes the checks', () => {
    const { passes, said } = copy.run('scripts/check.ts', 'types', 'imports', 'rules', 'documents')
    assert.ok(passes, said)
  })

  test('stands in the documents and in the SDK', () => {
    const places: [string, string][] = [
      ['docs/openapi.json', '/api/rooms/{room_id}/polls'],
      ['docs/asyncapi.json', 'poll_started'],
      ['docs/asyncapi.json', 'poll_changed'],
      ['docs/errors.md', '`poll_running`'],
      ['docs/config.md', 'POLL_MINUTES'],
      ['docs/permissions.md', 'Ask the room a question'],
      ['packages/client/src/generated/actions.generated.ts', "'polls.start'"],
    ]
    for (const [path, words] of places) assert.ok(copy.read(path).includes(words), `${path} says nothing of ${words}`)
  })

  test('is called by its own tests and by those of all actions', () => {
    const access = ['matrix-doors', 'matrix-roles', 'matrix-sdk'].map((name) => `test/access/${name}.test.ts`)
    const all = [...access, 'test/bad-input/fields.test.ts', 'test/attacks/largest-input.test.ts']
    const { passes, said } = tests('--test-name-pattern=polls|PO1', `${folder}/polls.test.ts`, ...all)
    assert.ok(passes, said)
    const called = said.match(/✔ .*polls\.start.*/g) ?? []
    assert.ok(called.length > 10, said)
    const list = tests(`${compose}/*.test.ts`)
    assert.ok(list.passes, list.said)
  })

  test('without its line in the list the tests say so', () => {
    using _ = without(list, /^ {2}pollsFeature,\n/m)
    tells(tests(`${compose}/compose.test.ts`), /features\/list\.ts does not list polls/)
  })

  test('without its actions the tests say so', () => {
    using _ = without(`${folder}/feature.ts`, /^ {2}actions: .*\n/m)
    tells(tests(`${compose}/handed-over.test.ts`), /exports the action polls\.start: .*feature\.ts must hand it over/)
  })

  const parts: [part: string, told: RegExp][] = [
    ['events', /exports the type of events polls\.started/],
    ['records', /exports the type of records current_poll:/],
    ['roomOptions', /exports the room option polls:/],
    ['settings', /exports the setting POLL_MINUTES/],
    ['errors', /announces the error poll_running, which no part hands over/],
    ['permissions', /permission start_poll, which no feature hands over/],
  ]
  test('without any other part of its Feature the tests say so', () => {
    const taken = parts.map(([part]) => without(`${folder}/feature.ts`, new RegExp(`^ {2}${part}: .*\\n`, 'm')))
    const outcome = tests(`${compose}/handed-over.test.ts`, `${compose}/compose.test.ts`)
    for (const each of taken.toReversed()) each[Symbol.dispose]()
    for (const [, told] of parts) tells(outcome, told)
  })

  test('without its README and the lock of its wire the tests say so', () => {
    using _ = without(`${folder}/README.md`, null)
    using __ = without(`${folder}/wire.lock.json`, null)
    const outcome = tests(`${compose}/handed-over.test.ts`, `${compose}/wire.test.ts`)
    tells(outcome, /features\/polls\/README\.md is missing/)
    tells(outcome, /make features\/polls\/wire\.lock\.json with/)
  })

  test('without what the tests must know of its actions they say so', () => {
    using _ = without(`${folder}/testing/trials.ts`, null)
    tells(tests('test/attacks/largest-input.test.ts'), /features\/polls\/testing\/trials\.ts is missing/)
  })

  test('without a handler and an entry in the trials the types say so', () => {
    using _ = without(`${folder}/polls.ts`, /'polls\.start': (\{[\s\S]*?\n {6}\},)/)
    using __ = without(`${folder}/testing/trials.ts`, /'polls\.start': (\{[\s\S]*?\n {4}\},)/)
    const outcome = copy.run('scripts/check.ts', 'types')
    tells(outcome, /polls\.ts.*'polls\.start'/)
    tells(outcome, /trials\.ts.*'polls\.start'|trials\.ts[\s\S]*'"polls\.start"'/)
  })

  test('without a test of its rule the checks say so', () => {
    using _ = without(`${folder}/polls.test.ts`, null)
    tells(copy.run('scripts/check.ts', 'rules'), /no test quotes rule PO1/)
  })

  function tells({ passes, said }: ReturnType<Copy['run']>, told: RegExp): void {
    assert.ok(!passes, 'it passes')
    assert.match(said, told)
  }

  /** Takes a file, or what of it matches, away until it is disposed. */
  function without(path: string, part: RegExp | null): Disposable {
    const text = copy.read(path)
    if (part === null) copy.remove(path)
    else {
      assert.match(text, part)
      copy.write(path, text.replace(part, ''))
    }
    return { [Symbol.dispose]: () => copy.write(path, text) }
  }
})

/** The files that a document shows, each under a heading with its path. */
const filesOf = (document: string): [path: string, text: string][] =>
  [...document.matchAll(/^### `(.+)`\n\n```\w+\n([\s\S]*?)^```/gm)].map(([, path = '', text = '']) => [path, text])
