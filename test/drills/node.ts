import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A command to a node. Times in ms; `at` since 1970. */
export type Order =
  | { order: 'timers'; count: number; at: number; apart: number; work_ms: number }
  | { order: 'jobs'; count: number; name: string; work_ms: number }
  | { order: 'messages'; ms: number }
  | { order: 'cpu'; ms: number }
  | { order: 'words' }
  | { order: 'left' }

/** A report of a node: the start or end of a job, or the answer to a command. `late`: ms after the job was due. */
export type Told =
  | { told: 'ready' }
  | { told: 'began'; name: string }
  | { told: 'ended'; name: string; late: number }
  | { told: 'done' }
  | { told: 'numbers'; numbers: number[] }
  | { told: 'words'; words: string[] }

export type Database = { kind: 'sqlite' | 'postgres'; place: string }

/** A report about a job, with the time at which it arrived (monotonic ms). */
export type Heard = { node: Node; at: number; told: 'began' | 'ended'; name: string; late: number }

const program = fileURLToPath(new URL('node-process.ts', import.meta.url))

/** A node in a process of its own. */
export class Node {
  readonly #process: ChildProcess
  readonly #answers: ((told: Told) => void)[] = []

  private constructor(process: ChildProcess) {
    this.#process = process
  }

  /** Starts a node; reports about its jobs go to `heard`. */
  static async start({ kind, place }: Database, heard: Heard[]): Promise<Node> {
    const process_ = spawn(process.execPath, [program, kind, place], { stdio: ['pipe', 'pipe', 'inherit'] })
    const node = new Node(process_)
    const ready = Promise.withResolvers<void>()
    process_.once('exit', () => ready.reject(new Error('The node has ended')))
    createInterface(process_.stdout).on('line', (line) => {
      const told: Told = JSON.parse(line)
      if (told.told === 'ready') ready.resolve()
      else if (told.told === 'began') heard.push({ node, at: performance.now(), ...told, late: 0 })
      else if (told.told === 'ended') heard.push({ node, at: performance.now(), ...told })
      else node.#answers.shift()?.(told)
    })
    await ready.promise
    return node
  }

  /** Commands are answered in order. */
  ask(order: Order): Promise<Told> {
    const { promise, resolve } = Promise.withResolvers<Told>()
    this.#answers.push(resolve)
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`)
    return promise
  }

  async numbers(order: Order): Promise<number[]> {
    const told = await this.ask(order)
    return told.told === 'numbers' ? told.numbers : []
  }

  async words(): Promise<string[]> {
    const told = await this.ask({ order: 'words' })
    return told.told === 'words' ? told.words : []
  }

  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.stdin?.end()
    await ended
  }
}
