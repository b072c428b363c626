import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Folders that are not part of the repository, or that the checks do not need. */
const left = new Set(['node_modules', '.git', '.parlor', 'dist', 'screens', 'data', 'runtime'])

/** A copy of the repository that can be checked and tested by itself. */
export class Copy implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'parlor-copy-'))
  /** Where its programs keep what they compiled, which is found by path and so of no use elsewhere. */
  readonly compiled = join(this.root, '.parlor', 'compiled')

  constructor() {
    cpSync(root, this.root, { recursive: true, filter: (path) => path === root || !left.has(basename(path)) })
    for (const folder of ['.', 'packages/server', 'packages/web', 'packages/client']) {
      const packages = join(root, folder, 'node_modules')
      if (existsSync(packages)) symlinkSync(packages, join(this.root, folder, 'node_modules'))
    }
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  remove(path: string): void {
    rmSync(join(this.root, path))
  }

  /** Files that differ from the repository's, or are missing. */
  changed(): string[] {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1))
      .filter((path) => !/(^|\/)(node_modules|\.parlor)\//.test(path))
      .filter((path) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== this.read(path))
  }

  /** Runs one of its programs; returns its output. */
  run(program: string, ...args: string[]): { passes: boolean; said: string } {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, [...(program ? [program] : []), ...args], {
      cwd: this.root,
      encoding: 'utf8',
      env: { ...env, NODE_COMPILE_CACHE: this.compiled },
    })
    return { passes: status === 0, said: `${stdout}${stderr}` }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** The files in a document, each under a heading with its path. */
export const filesOf = (document: string): [path: string, text: string][] =>
  [...document.matchAll(/^### `(.+)`\n\n```\w+\n([\s\S]*?)^```/gm)].map(([, path = '', text = '']) => [path, text])
