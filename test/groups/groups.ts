import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Test files that share a process in a whole run, one group after the other: of the CPU that a small file takes in a process
 * of its own, two thirds go into starting it and loading its modules. A group is a module of this folder that runs it.
 * The files that take longest, in browsers, or end processes have a process of their own.
 */
const groups = {
  'beside-the-code':
    /^(packages\/(client|web)\/src|packages\/server\/src\/(compose|config|core|platform|room|transport)|bench|scripts)\/(?!.*\.pg\.test\.ts$)/,
  features: /^packages\/server\/src\/features\/(?!rooms\/rooms\.)(?!.*\.pg\.test\.ts$)/,
  'features-on-postgres': /^packages\/server\/src\/(?!features\/rooms\/rooms\.).*\.pg\.test\.ts$/,
  sdk: /^test\/(order|sdk|web)\/(?!.*\.pg\.test\.ts$)/,
  wire: /^test\/(contract|files)\/(?!.*\.pg\.test\.ts$)/,
  access: /^test\/access\/(?!.*\.pg\.test\.ts$)/,
  postgres: /^test\/(access|contract|files|order)\/.*\.pg\.test\.ts$/,
} as const

type Group = keyof typeof groups

/** The module that runs a group, and the files among these that it has. */
export const groupsOf = (files: readonly string[]): { module: string; members: string[] }[] =>
  Object.entries(groups)
    .map(([name, members]) => ({
      module: `test/groups/${name}.ts`,
      members: files.filter((file) => members.test(file)),
    }))
    .filter(({ members }) => members.length > 0)

/** Runs in this process the files of a group among those that PARLOR_TEST_FILES names, one a line. */
export async function runGroup(group: Group): Promise<void> {
  for (const file of (process.env['PARLOR_TEST_FILES'] ?? '').split('\n'))
    if (groups[group].test(file)) await import(pathToFileURL(resolve(file)).href)
}
