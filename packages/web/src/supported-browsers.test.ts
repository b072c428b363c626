import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../..', import.meta.url))

/** What the oldest supported browsers lack (MDN, "Browser compatibility") and TypeScript lets pass. */
const tooNew = [
  /\bURL\.parse\(/,
  /\bPromise\.(try|withResolvers)\b/,
  /\bSymbol\.(asyncDispose|dispose)\b/,
  /\b(await )?using [\w$]+ =/,
  /\b(Iterator|Array\.fromAsync|RegExp\.escape|Math\.sumPrecise|Error\.isError)\b/,
  /\.(keys|values|entries)\(\)\s*\.(map|filter|flatMap|some|every|find|take|drop|toArray|reduce|forEach)\(/,
  /\b(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/,
  /\brequestIdleCallback\(/,
  /\bUint8Array\.from(Base64|Hex)\b/,
]

it('[W4] the app and the SDK use nothing that the oldest supported browsers lack', () => {
  const found = globSync('{web,client}/src/**/*.{ts,tsx}', { cwd: packages })
    .filter((file) => !/\.test\.tsx?$|\/testing\//.test(file))
    .flatMap((file) =>
      tooNew
        .filter((pattern) => pattern.test(readFileSync(packages + file, 'utf8').replaceAll(/\/\*.*?\*\/|\/\/.*/gs, '')))
        .map((pattern) => `${file}: ${pattern.source}`),
    )
  assert.deepEqual(found, [])
})

it('[W4] the README names the browsers that the app is built for', () => {
  const readme = readFileSync(`${packages}web/README.md`, 'utf8')
  const settings = readFileSync(`${packages}web/settings.ts`, 'utf8')
  for (const name of ['Chrome', 'Edge', 'Firefox', 'Safari']) {
    const version = new RegExp(`'${name.toLowerCase()}([\\d.]+)'`).exec(settings)?.[1]
    assert.ok(version !== undefined && readme.includes(`${name} ${version}`), `${name} ${version}`)
  }
})
