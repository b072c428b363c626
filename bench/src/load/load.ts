import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadJob, LoadTotals, LoadWindow } from './generator.ts'
import type { Answer, Order } from './worker.ts'

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url))

/** A load from one or more generator processes on one server. */
export class Load {
  readonly #workers: Worker[]

  private constructor(workers: Worker[]) {
    this.#workers = workers
  }

  /** Connects all clients of the job, dealt out to `processes` generators. */
  static async connect(job: LoadJob, processes: number): Promise<Load> {
    const load = new Load(Array.from({ length: processes }, () => new Worker()))
    try {
      await load.#all((worker, index) =>
        worker.obey({
          order: 'connect',
          job: { ...job, clients: job.clients.filter((_, client) => client % processes === index) },
        }),
      )
    } catch (error) {
      await load.close()
      throw error
    }
    return load
  }

  async start(): Promise<void> {
    await this.#all((worker) => worker.obey({ order: 'start' }))
  }

  /** One window, measured by each process with its own readings of the server's CPU time at its own ends. */
  async measure(milliseconds: number): Promise<LoadWindow[]> {
    const answers = await this.#all((worker) => worker.obey({ order: 'measure', milliseconds }))
    return answers.flatMap((answer) => (answer.answer === 'measured' ? [answer.window] : []))
  }

  /** Ends the sending and waits until all is quiet in every process. */
  async settle(): Promise<LoadTotals> {
    // Twice: the first round ends the sending everywhere, the second sees what was still on its way then.
    await this.#all((worker) => worker.obey({ order: 'settle' }))
    const answers = await this.#all((worker) => worker.obey({ order: 'settle' }))
    const totals: LoadTotals = { sent: 0, accepted: 0, deliveries: 0 }
    for (const answer of answers) {
      if (answer.answer !== 'settled') continue
      totals.sent += answer.totals.sent
      totals.accepted += answer.totals.accepted
      totals.deliveries += answer.totals.deliveries
    }
    return totals
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()))
  }

  #all(ask: (worker: Worker, index: number) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(this.#workers.map(ask))
  }
}

/** The forked process, asked one thing at a time. */
class Worker {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #asked: PromiseWithResolvers<Answer> | null = null
  #failure: Error | null = null

  constructor() {
    this.#child = fork(worker, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#exited = promise
    this.#child.on('message', (answer: Answer) => this.#answered(answer))
    this.#child.once('exit', (code) => {
      this.#failed(new Error(`a generator process ended with ${code}`))
      resolve()
    })
  }

  obey(order: Order): Promise<Answer> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    this.#asked = Promise.withResolvers<Answer>()
    this.#child.send(order)
    return this.#asked.promise
  }

  async end(): Promise<void> {
    this.#failure ??= new Error('the load was closed')
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #answered(answer: Answer): void {
    if (answer.answer === 'failed') this.#failed(new Error(answer.message))
    else this.#asked?.resolve(answer)
  }

  #failed(error: Error): void {
    this.#failure ??= error
    this.#asked?.reject(error)
  }
}
