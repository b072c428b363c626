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
      ['docs/openapi.json', '/api/rooms/{room_id}/polls'],
      ['docs/asyncapi.json', 'poll_started'],
      ['docs/asyncapi.json', 'poll_changed'],
      ['docs/asyncapi.json', '"choice"'],
      ['docs/errors.md', '`poll_running`'],
      ['docs/config.md', 'POLL_MINUTES'],
      ['docs/config.md', 'starting polls'],
      ['docs/config.md', 'polls in the list of a room'],
      ['docs/metrics.md', 'parlor_polls_total'],
      ['docs/permissions.md', 'Start a poll'],
      ['packages/client/src/generated/actions.generated.ts', "'polls.start'"],
      ['packages/client/src/generated/limits.generated.ts', 'poll_question = 200'],
      ['packages/client/src/generated/shapes.generated.ts', 'choice?: { words: string }'],
      ['packages/client/src/generated/records.generated.ts', "poll_changed: 'current_poll'"],
    ]
    for (const [path, words] of places) assert.ok(copy.read(path).includes(words), `${path} says nothing of ${words}`)
  })

  test('is called by its own tests and by those of all features', () => {
    const access = ['matrix-doors', 'matrix-roles', 'matrix-sdk'].map((name) => `test/access/${name}.test.ts`)
    const every = [...access, 'test/bad-input/fields.test.ts', 'test/attacks/floods/largest-input.test.ts']
    const own = [`${folder}/polls.test.ts`, `${folder}/polls.pg.test.ts`]
    const { passes, said } = tests('--test-name-pattern=polls|PO[1234]|FE', ...own, ...every, `${compose}/*.test.ts`)
    assert.ok(passes, said)
    for (const action of ['polls.start', 'polls.list']) {
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
          assert.deepEqual([capabilities['polls'], settings['polls']], [true, 'everyone'])
          await ok(server.url, 'POST', `${path}/polls`, { token, body: { question: 'Tea?' } })
          const { polls } = await ok<{ polls: { question: string }[] }>(server.url, 'GET', `${path}/polls`, { token })
          assert.deepEqual(
            polls.map(({ question }) => question),
            ['Tea?'],
          )
        }
      })
    }
  }

  test('without its line in the list the tests say so', () => {
    using _ = without(list, /^ {2}pollsFeature,\n/m)
    tells(tests(`${compose}/compose.test.ts`), [/features\/list\.ts does not list polls/])
  })

  test('without its actions the tests say so', () => {
    using _ = without(`${folder}/feature.ts`, /^ {2}actions: .*\n/m)
    const outcome = tests(`${compose}/handed-over.test.ts`)
    tells(outcome, [
      /exports the action polls\.start: .*feature\.ts must hand it over/,
      /exports the action polls\.list/,
    ])
  })

  test('without its trials the tests of all actions say so', () => {
    using _ = without(`${folder}/testing/trials.ts`, null)
    tells(tests('test/attacks/floods/largest-input.test.ts'), [/features\/polls\/testing\/trials\.ts is missing/])
  })

  const parts: [part: string, told: RegExp][] = [
    ['events', /exports the type of events polls\.started/],
    ['records', /exports the type of records current_poll:/],
    ['slots', /exports the presence slot choice:/],
    ['roomOptions', /exports the room option polls:/],
    ['settings', /exports the setting POLL_MINUTES/],
    ['errors', /announces the error poll_running, which no part hands over/],
    ['permissions', /permission start_poll, which no feature hands over/],
    ['bounds', /exports the bound poll_question:/],
    ['rates', /polls\.start is under the limit ask, which no part hands over/],
    ['limits', /exports the limit pollsListed:/],
    ['jobs', /exports the type of jobs polls\.end:/],
    ['metrics', /exports the metric parlor_polls_total:/],
    ['migrations', /exports the migration 0600-polls:/],
    ['projectors', /exports the projector pollProjector:/],
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
      /features\/polls\/README\.md is missing/,
      /make features\/polls\/wire\.lock\.json with/,
    ])
  })

  test('without the event of its record, a wire name or a permission of an action the tests say so', () => {
    using _ = without(`${folder}/contract.ts`, /^ {2}wire: 'poll_changed',\n/m)
    using __ = without(`${folder}/contract.ts`, /^ {4}permissions: \[pollPermissions.*\n/m)
    const outcome = tests(`${compose}/wire.test.ts`, `${compose}/compose.test.ts`)
    tells(outcome, [
      /add to the end of "history" in features\/polls\/wire\.lock\.json/,
      /No action asks for the permission start_poll/,
    ])
  })

  test('without a handler, a hook, a field of an event or an entry in the trials the types say so', () => {
    using taken = new DisposableStack()
    taken.use(without(`${folder}/polls.ts`, /'polls\.start': (\{[\s\S]*?\n {6}\},)/))
    taken.use(without(`${folder}/polls.ts`, /^ {4}hooks: .*\n/m))
    taken.use(without(`${folder}/contract.ts`, /^ {2}wires: .*\n/m))
    taken.use(without(`${folder}/testing/trials.ts`, /'polls\.start': (\{[\s\S]*?\n {4}\},)/))
    tells(types(), [
      /polls\.ts.*'polls\.start'/,
      /polls\.ts.*'forgetUser' is declared but its value is never read/,
      /'wires' is missing in type/,
      /trials\.ts.*'polls\.start'|trials\.ts[\s\S]*'"polls\.start"'/,
    ])
  })

  test('without a test of its rules the checks say so', () => {
    using _ = without(`${folder}/testing/polls.suite.ts`, null)
    tells(copy.run('scripts/check.ts', 'rules'), [
      /no test quotes rule PO1/,
      /no test quotes rule PO2/,
      /no test quotes rule PO3/,
      /no test quotes rule PO4/,
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
