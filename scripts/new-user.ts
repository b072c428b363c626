// Measures how long a new user takes: clones, follows the README, opens the page, sends a message: npm run new-user
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { startChromium } from '../test/browser/harness/chromium.ts'
import { createRoom, isOnline, say } from '../test/browser/harness/steps.ts'
import { visit } from '../test/browser/harness/visitor.ts'
import { Recorder } from '../test/harness/recorder.ts'

const patience = 180_000

async function main(): Promise<void> {
  const { browser, missing } = await startChromium()
  if (!browser) return console.log(`The new user test is skipped: ${missing}.`)
  const folder = mkdtempSync(join(tmpdir(), 'parlor-new-user-'))
  try {
    const began = performance.now()
    const tell = (what: string) => console.log(`${seconds(began)}  ${what}`)
    execFileSync('git', ['clone', '--quiet', '--no-local', process.cwd(), folder])
    tell('cloned')
    const start = startCommand(readFileSync(join(folder, 'README.md'), 'utf8'))
    await using server = await serve(start, folder)
    tell(`"${start}" listens`)
    const ann = await visit(browser, server.url)
    await createRoom(ann, 'Living room', { as: 'Ann' })
    tell('a room is open')
    await say(ann, 'Hello')
    await isOnline(ann)
    tell('the first message is stored')
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const seconds = (began: number) => `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`

/** The first command of the README's chapter on the start. */
function startCommand(readme: string): string {
  const command = /^## Start$[^]*?^```sh\n(npm [\w ]+?) *(?:#|$)/m.exec(readme)?.[1]
  if (command === undefined) throw new Error('The README says no command to start with')
  return command
}

/** As in a new user's shell: with the Node of the machine, not the one that runs this. */
async function serve(command: string, folder: string): Promise<AsyncDisposable & { url: string }> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.startsWith(process.cwd()))
  const child = spawn(command, {
    cwd: folder,
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: path.join(delimiter), HOME: process.env['HOME'] ?? '', PORT: '0', HOST: '127.0.0.1' },
  })
  const ended = once(child, 'exit')
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
  }
  process.once('exit', end)
  const lines = new Recorder<string>()
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  const listening = await lines.until((line) => line.includes('"listening"'), 'the start', { ms: patience })
  const port = /"port":(\d+)/.exec(listening)?.[1]
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      process.off('exit', end)
      end()
      await ended
    },
  }
}

await main()
