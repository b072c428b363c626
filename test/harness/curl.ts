import { type ChildProcessByStdio, execFile, spawn, spawnSync } from 'node:child_process'
import type { Readable } from 'node:stream'
import { Recorder } from './recorder.ts'
import type { JsonObject } from './wire.ts'

/** Why tests that need curl are skipped here, for `test(name, { skip: curlMissing }, …)`; false where it runs. */
export const curlMissing: string | false = spawnSync('curl', ['--version']).status === 0 ? false : 'no curl on the PATH'

/** What its user's own settings say does not count, nor do proxies. */
const always = ['--disable', '--silent', '--show-error']
const env = { PATH: process.env['PATH'] ?? '' }
/** An argument of a command is at most 128 KiB on Linux. */
const longestArgument = 100_000

export type Curled = { status: number; type: string; bytes: Buffer; text: string; body: JsonObject }

/** Runs curl with these arguments, as one would type them, and resolves with what it wrote. `stdin`: what `@-` reads. */
export function curl(args: readonly string[], stdin = ''): Promise<Curled> {
  const { promise, resolve, reject } = Promise.withResolvers<Curled>()
  const all = [...always, '--max-time', '20', '--write-out', '\n%{http_code} %{content_type}', ...args]
  const options = { env, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const
  const child = execFile('curl', all, options, (error, stdout, stderr) => {
    if (error) reject(new Error(`curl ${args.join(' ').slice(0, 300)}: ${stderr.toString()}`, { cause: error }))
    else resolve(answered(stdout))
  })
  // curl reads no more than it needs.
  child.stdin?.on('error', () => undefined).end(stdin)
  return promise
}

function answered(stdout: Buffer): Curled {
  const end = stdout.lastIndexOf('\n')
  const [status = '', ...type] = stdout
    .subarray(end + 1)
    .toString()
    .split(' ')
  const bytes = stdout.subarray(0, end)
  const text = bytes.toString()
  // Not the headers that `-i` and `-I` put in front of it.
  const isJson = type.join(' ').startsWith('application/json') && text.startsWith('{')
  return { status: Number(status), type: type.join(' '), bytes, text, body: isJson ? JSON.parse(text) : {} }
}

/** `curl URL -H 'Content-Type: application/json' -d '…'`; a long body comes from stdin. */
export function curlJson(url: string, body: JsonObject, ...more: string[]): Promise<Curled> {
  const json = JSON.stringify(body)
  const isLong = json.length > longestArgument
  const args = [url, '-H', 'Content-Type: application/json', '-d', isLong ? '@-' : json, ...more]
  return curl(args, isLong ? json : '')
}

/** `curl -N`, which writes a stream of events as they come: each block of lines by itself. */
export class CurlStream {
  readonly blocks = new Recorder<string>()
  readonly #child: ChildProcessByStdio<null, Readable, null>

  constructor(...args: string[]) {
    this.#child = spawn('curl', [...always, '--max-time', '60', '-N', ...args], {
      ...{ env, stdio: ['ignore', 'pipe', 'ignore'] },
    })
    let rest = ''
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) this.blocks.push(part)
    })
  }

  /** The first block like this. */
  hear(block: RegExp): Promise<string> {
    return this.blocks.until((text) => block.test(text), `${block} from curl -N`)
  }

  [Symbol.dispose](): void {
    this.#child.kill()
  }
}
