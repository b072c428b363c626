// A generator process: takes one job from the process that forked it, then its orders.
import { LoadGenerator, type LoadJob, type LoadTotals, type LoadWindow } from './generator.ts'

export type Order =
  | { order: 'connect'; job: LoadJob }
  | { order: 'start' }
  | { order: 'measure'; milliseconds: number }
  | { order: 'settle' }

/** One answer to each order, or `failed` at any time. */
export type Answer =
  | { answer: 'done' }
  | { answer: 'measured'; window: LoadWindow }
  | { answer: 'settled'; totals: LoadTotals }
  | { answer: 'failed'; message: string }

let generator: LoadGenerator | null = null

process.on('message', (order: Order) => {
  obey(order).then(tell, fail)
})

process.on('disconnect', () => process.exit())

async function obey(order: Order): Promise<Answer> {
  if (order.order === 'connect') {
    generator = new LoadGenerator(order.job, fail)
    await generator.connect()
    return { answer: 'done' }
  }
  if (generator === null) throw new Error(`${order.order} before connect`)
  switch (order.order) {
    case 'start':
      generator.start()
      return { answer: 'done' }
    case 'measure':
      return { answer: 'measured', window: await generator.measure(order.milliseconds) }
    case 'settle':
      return { answer: 'settled', totals: await generator.settle() }
  }
}

function tell(answer: Answer): void {
  process.send?.(answer)
}

function fail(error: Error): void {
  tell({ answer: 'failed', message: error.message })
}
