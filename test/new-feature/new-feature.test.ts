import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { onPostgres, onSqlite } from '../harness/databases.ts'
import { ok } from '../harness/rest.ts'
import type { Room } from '../harness/wire.ts'
import { readKept, releases } from '../releases/kept.ts'
import { readAgain, startOnKept } from '../releases/start-on-kept.ts'
import { Copy, filesOf } from './copy.ts'

const features = 'packages/server/src/features'
const folder = `${features}/quizzes`
const list = `${features}/list.ts`
const compose = 'packages/server/src/compose'

suite('the feature of docs/new-feature.md, added to a copy of the repository', { timeout: 600_000 }, () => {
  let copy: Copy
  before(() => {
    copy = new Copy()
    for (const [path, text] of filesOf(copy.read('docs/new-feature.md'))) copy.write(`${folder}/${path}`, text)
    const imported = "import { quizzesFeature } from './quizzes/feature.ts'\n"
    copy.write(list, imported + copy.read(list).replace('  opsFeature,\n', '  quizzesFeature,\n  opsFeature,\n'))
    const { said } = tests(`${compose}/wire.test.ts`)
    const hash = /add to the end of "history" in features\/quizzes\/wire\.lock\.json: \{"hash":"(\w+)"/.exec(said)?.[1]
    assert.ok(hash, said)
    copy.write(`${folder}/wire.lock.json`, copy.read(`${folder}/wire.lock.json`).replace('"?"', `"${hash}"`))
    const docs = copy.run('scripts/docs.ts')
    assert.ok(docs.passes, docs.said)
  })
  after(() => copy[Symbol.dispose]())

  /** Runs all these test files in one process. */
  const tests = (...args: string[]) =>
    copy.run('', '--test', '--test-isolation=none', '--test-reporter=spec', '--test-timeout=300000', ...args)
  /** Compiles incrementally after the first time. */
  const types = () => {
    const incremental = ['--incremental', '--tsBuildInfoFile', '.parlor/types.tsbuildinfo']
    return copy.run('node_modules/typescript/bin/tsc', '--noEmit', ...incremental, '-p', '.')
  }

  test('changes its folder, the list and generated files only', () => {
    const generated = /^(docs\/|\.env\.example$|packages\/client\/src\/generated\/)/
    assert.deepEqual(
      copy.changed().filter((path) => path !== list && !path.startsWith(`${folder}/`) && !generated.test(path)),
      [],
    )
  })

  test('passes the checks', () => {
    const compiled = types()
    assert.ok(compiled.passes, compiled.said)
    const { passes, said } = copy.run('scripts/check.ts', 'imports', 'rules')
    assert.ok(passes, said)
  })

  test('is in the documents and in the SDK', () => {
    const places: [string, string][] = [
      ['docs/openapi.json', '/api/rooms/{room_id}/quizzes'],
      ['docs/asyncapi.json', 'quiz_started'],
      ['docs/asyncapi.json', 'quiz_changed'],
      ['docs/asyncapi.json', '"choice"'],
      ['docs/errors.md', '`quiz_running`'],
      ['docs/config.md', 'QUIZ_MINUTES'],
      ['docs/config.md', 'starting quizzes'],
      ['docs/config.md', 'quizzes in the list of a room'],
      ['docs/metrics.md', 'parlor_quizzes_total'],
      ['docs/permissions.md', 'Start a quiz'],
      ['packages/client/src/generated/actions.generated.ts', "'quizzes.start'"],
      ['packages/client/src/generated/limits.generated.ts', 'quiz_question = 200'],
      ['packages/client/src/generated/shapes.generated.ts', 'choice?: { words: string }'],
      ['packages/client/src/generated/records.generated.ts', "quiz_changed: 'current_quiz'"],
    ]
    for (const [path, words] of places) assert.ok(copy.read(path).includes(words), `${path} says nothing of ${words}`)
  })

  test('is called by its own tests and by those of all features', () => {
    const access = ['matrix-doors', 'matrix-roles', 'matrix-sdk'].map((name) => `test/access/${name}.test.ts`)
    const every = [...access, 'test/bad-input/fields.test.ts', 'test/attacks/floods/largest-input.test.ts']
    const own = [`${folder}/quizzes.test.ts`, `${folder}/quizzes.pg.test.ts`]
    const { passes, said } = tests('--test-name-pattern=quizzes|QZ[1234]|FE', ...own, ...every, `${compose}/*.test.ts`)
    assert.ok(passes, said)
    for (const action of ['quizzes.start', 'quizzes.list']) {
      const called = said.split('\n').filter((line) => line.includes('✔') && line.includes(action))
      assert.ok(called.length > 5, said)
    }
  })

  for (const kind of [onSqlite, onPostgres]) {
    for (const release of releases()) {
      test(`opens data of ${release} on ${kind.name}: nothing is lost, and its rooms may ask`, {
        skip: kind.missing,
      }, async () => {
        const was = readKept(release, kind.name)
        const program = join(copy.root, 'packages/server/src/main.ts')
        await using server = await startOnKept(kind, release, { program, env: { NODE_COMPILE_CACHE: copy.compiled } })
        await readAgain(server.url, was)
        const { people, garden, cellar } = was.story
        const token = people.ann.access_token
        for (const id of [garden.id, cellar.id]) {
          const path = `/api/rooms/${id}`
          const { capabilities, settings } = await ok<Room>(server.url, 'GET', path, { token })
          assert.deepEqual([capabilities['quizzes'], settings['quizzes']], [true, 'everyone'])
          await ok(server.url, 'POST', `${path}/quizzes`, { token, body: { question: 'Tea?' } })
          const { quizzes } = await ok<{ quizzes: { question: string }[] }>(server.url, 'GET', `${path}/quizzes`, {
            token,
          })
          assert.deepEqual(
            quizzes.map(({ question }) => question),
            ['Tea?'],
          )
        }
      })
    }
  }

  test('without its line in the list the tests say so', () => {
    using _ = without(list, /^ {2}quizzesFeature,\n/m)
    tells(tests(`${compose}/compose.test.ts`), [/features\/list\.ts does not list quizzes/])
  })

  test('without its actions the tests say so', () => {
    using _ = without(`${folder}/feature.ts`, /^ {2}actions: .*\n/m)
    const outcome = tests(`${compose}/handed-over.test.ts`)
    tells(outcome, [
      /exports the action quizzes\.start: .*feature\.ts must hand it over/,
      /exports the action quizzes\.list/,
    ])
  })

  test('without its trials the tests of all actions say so', () => {
    using _ = without(`${folder}/testing/trials.ts`, null)
    tells(tests('test/attacks/floods/largest-input.test.ts'), [/features\/quizzes\/testing\/trials\.ts is missing/])
  })

  const parts: [part: string, told: RegExp][] = [
    ['events', /exports the type of events quizzes\.started/],
    ['records', /exports the type of records current_quiz:/],
    ['slots', /exports the presence slot choice:/],
    ['roomOptions', /exports the room option quizzes:/],
    ['settings', /exports the setting QUIZ_MINUTES/],
    ['errors', /announces the error quiz_running, which no part hands over/],
    ['permissions', /permission start_quiz, which no feature hands over/],
    ['bounds', /exports the bound quiz_question:/],
    ['rates', /quizzes\.start is under the limit ask, which no part hands over/],
    ['limits', /exports the limit quizzesListed:/],
    ['jobs', /exports the type of jobs quizzes\.end:/],
    ['metrics', /exports the metric parlor_quizzes_total:/],
    ['migrations', /exports the migration 0600-quizzes:/],
    ['projectors', /exports the projector quizProjector:/],
  ]
  test('without any other part of its Feature, its README and the lock of its wire the tests say so', () => {
    const handed = copy.read(`${folder}/feature.ts`).matchAll(/^ {2}(\w+): /gm)
    const tested = ['name', 'needs', 'actions', ...parts.map(([part]) => part)]
    assert.deepEqual([...handed].map(([, part = '']) => part).toSorted(), tested.toSorted())
    using taken = new DisposableStack()
    for (const [part] of parts) taken.use(without(`${folder}/feature.ts`, new RegExp(`^ {2}${part}: .*\\n`, 'm')))
    taken.use(without(`${folder}/README.md`, null))
    taken.use(without(`${folder}/wire.lock.json`, null))
    const outcome = tests(...['handed-over', 'compose', 'wire'].map((name) => `${compose}/${name}.test.ts`))
    tells(outcome, [
      ...parts.map(([, told]) => told),
      /features\/quizzes\/README\.md is missing/,
      /make features\/quizzes\/wire\.lock\.json with/,
    ])
  })

  test('without the event of its record, a wire name or a permission of an action the tests say so', () => {
    using _ = without(`${folder}/contract.ts`, /^ {2}wire: 'quiz_changed',\n/m)
    using __ = without(`${folder}/contract.ts`, /^ {4}permissions: \[quizPermissions.*\n/m)
    const outcome = tests(`${compose}/wire.test.ts`, `${compose}/compose.test.ts`)
    tells(outcome, [
      /add to the end of "history" in features\/quizzes\/wire\.lock\.json/,
      /No action asks for the permission start_quiz/,
    ])
  })

  test('without a handler, a hook, a field of an event or an entry in the trials the types say so', () => {
    using taken = new DisposableStack()
    taken.use(without(`${folder}/quizzes.ts`, /'quizzes\.start': (\{[\s\S]*?\n {6}\},)/))
    taken.use(without(`${folder}/quizzes.ts`, /^ {4}hooks: .*\n/m))
    taken.use(without(`${folder}/contract.ts`, /^ {2}wires: .*\n/m))
    taken.use(without(`${folder}/testing/trials.ts`, /'quizzes\.start': (\{[\s\S]*?\n {4}\},)/))
    tells(types(), [
      /quizzes\.ts.*'quizzes\.start'/,
      /quizzes\.ts.*'forgetUser' is declared but its value is never read/,
      /'wires' is missing in type/,
      /trials\.ts.*'quizzes\.start'|trials\.ts[\s\S]*'"quizzes\.start"'/,
    ])
  })

  test('without a test of its rules the checks say so', () => {
    using _ = without(`${folder}/testing/quizzes.suite.ts`, null)
    tells(copy.run('scripts/check.ts', 'rules'), [
      /no test quotes rule QZ1/,
      /no test quotes rule QZ2/,
      /no test quotes rule QZ3/,
      /no test quotes rule QZ4/,
    ])
  })

  function tells({ passes, said }: ReturnType<Copy['run']>, all: readonly RegExp[]): void {
    assert.ok(!passes, 'it passes')
    for (const told of all) assert.match(said, told)
  }

  /** Removes a file, or its part that matches, until it is disposed. */
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
