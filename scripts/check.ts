// Runs every check on the code and tells all that fail: npm run check [-- part-of-a-name …]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { importBreaches, type Tree } from './imports.ts'
import { ruleBreaches } from './rules.ts'

/** Prints what is wrong and answers whether all is well. */
type Check = () => boolean

const checks: Readonly<Record<string, Check>> = {
  types: () =>
    ['.', 'packages/web']
      .map((project) => runs('node_modules/typescript/bin/tsc', '--noEmit', '-p', project))
      .every((isWell) => isWell),
  lint: () => runs('node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'),
  format: () => runs('node_modules/@biomejs/biome/bin/biome', 'format', '.'),
  imports: () => reports(importBreaches(sourceTree())),
  rules: () => reports(ruleBreaches(readmes(), sourceTree())),
  'dead code': () => runs('node_modules/knip/bin/knip.js'),
  'generated documents': () => runs('scripts/docs.ts', '--check'),
  'stray paths': () => reports(strayPaths()),
}

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' }).status === 0
}

function reports(problems: readonly string[]): boolean {
  for (const problem of problems) console.error(problem)
  return problems.length === 0
}

const sourceTree = (): Tree => treeOf('packages/*/src/**/*.{ts,tsx}', 'bench/src/**/*.ts', 'test/**/*.ts')

const readmes = (): Tree => treeOf('packages/*/README.md', 'packages/*/src/**/README.md', 'test/**/README.md')

function treeOf(...patterns: string[]): Tree {
  return new Map(globSync(patterns).map((file) => [file.replaceAll('\\', '/'), readFileSync(file, 'utf8')]))
}

/** Absolute paths of somebody's machine in what is committed: they work nowhere else. */
function strayPaths(): string[] {
  const stray = /(?<![\w.:/-])\/(home|root|Users|work|tmp)\/[\w.-]/
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
    .split('\0')
    .filter((file) => existsSync(file))
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        stray.test(line) ? [`${file}:${index + 1} names a path of one machine: ${line.trim()}`] : [],
      ),
  )
}

const names = process.argv.slice(2)
const chosen = Object.entries(checks).filter(
  ([name]) => names.length === 0 || names.some((part) => name.includes(part)),
)
const failed = chosen.filter(([name, check]) => {
  console.log(`— ${name}`)
  return !check()
})
console.log(
  failed.length === 0 ? `All ${chosen.length} checks pass.` : `Failed: ${failed.map(([name]) => name).join(', ')}.`,
)
process.exitCode = failed.length === 0 && chosen.length > 0 ? 0 : 1
