import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLineSink, queuedLineBytes } from './line-sink.ts'
import type { Output, Written } from './output.ts'

/** A sink with an output that answers, and timers that fire, when the test says so. */
function sinkOn(): {
  sink: ReturnType<typeof createLineSink>
  writes: string[]
  answer: Written
  tick: () => void
  waits: number[]
  gaps: number[]
} {
  const writes: string[] = []
  const waits: number[] = []
  const gaps: number[] = []
  let done: Written | null = null
  let due: (() => void)[] = []
  const output: Output = {
    write(bytes, answered) {
      assert.equal(done, null, 'one write at a time')
      writes.push(bytes.toString())
      done = answered
    },
  }
  const sink = createLineSink({
    output,
    onGap: (lines) => void gaps.push(lines),
    timers: {
      after(ms, run) {
        waits.push(ms)
        due.push(run)
        return () => void (due = due.filter((other) => other !== run))
      },
    },
  })
  return {
    sink,
    writes,
    waits,
    gaps,
    answer(error, bytes) {
      const answered = done
      done = null
      assert.ok(answered, 'nothing is being written')
      answered(error, bytes)
    },
    tick() {
      const now = due
      due = []
      for (const run of now) run()
    },
  }
}

const failure = (code: string) => Object.assign(new Error(code), { code })
const line = (size: number) => `${'x'.repeat(size - 1)}\n`

test('collects lines for a moment, or up to a number of bytes', () => {
  const { sink, writes, answer, tick } = sinkOn()
  sink.write('a\n')
  sink.write('b\n')
  assert.deepEqual(writes, [])
  tick()
  assert.deepEqual(writes, ['a\nb\n'])
  answer(null, 4)
  sink.write(line(4096))
  assert.equal(writes.length, 2)
})

test('[LOG2] drops and counts lines when the queue is full; one line says so when half of it is free', () => {
  const { sink, writes, answer, gaps } = sinkOn()
  const size = 8192
  const fits = queuedLineBytes / size
  for (let i = 0; i < fits + 5; i++) sink.write(line(size))
  assert.equal(sink.dropped(), 5)
  sink.write('small\n')
  assert.equal(sink.dropped(), 6, 'a gap is one gap: later lines that would fit do not stand in it')
  let written = 0
  while (gaps.length === 0) {
    const bytes = writes.at(-1)?.length ?? 0
    answer(null, bytes)
    written += bytes
  }
  assert.deepEqual(gaps, [6])
  assert.ok(written >= queuedLineBytes / 2 && written < queuedLineBytes / 2 + 65_536, String(written))
  sink.write('after\n')
  assert.equal(sink.dropped(), 6)
})

test('[LOG2] drops a line larger than the whole queue, and reports only that line', () => {
  const { sink, gaps } = sinkOn()
  sink.write(line(queuedLineBytes + 1))
  assert.deepEqual([sink.dropped(), gaps], [1, [1]])
  sink.write('next\n')
  assert.equal(sink.dropped(), 1)
})

test('[LOG2] continues after a partial write, so that lines stay whole', () => {
  const { sink, writes, answer } = sinkOn()
  sink.write('first\n')
  sink.flushSync()
  sink.write('second\n')
  answer(null, 3)
  assert.deepEqual(writes, ['first\n', 'st\n'])
})

test('[LOG3] retries a failed write after a second, before newer lines; EAGAIN sooner', () => {
  const { sink, writes, answer, tick, waits } = sinkOn()
  sink.write('a\n')
  tick()
  answer(failure('ENOSPC'), 0)
  for (let i = 0; i < 10; i++) sink.write(line(4096))
  assert.equal(writes.length, 1, 'more lines do not hurry it')
  assert.deepEqual(waits.slice(-1), [1000])
  tick()
  assert.deepEqual(writes, ['a\n', 'a\n'])
  answer(failure('EAGAIN'), 0)
  assert.deepEqual(waits.slice(-1), [50])
  tick()
  answer(null, 2)
  assert.equal(writes.at(-1)?.length, 40_960)
})

test('[LOG4] a flush resolves when all is written, at the first failure, or at its timeout', async () => {
  const { sink, writes, answer, tick } = sinkOn()
  assert.equal(await sink.flush(100), true, 'nothing waits')

  sink.write('a\n')
  const whole = sink.flush(100)
  sink.write('b\n')
  answer(null, 2)
  answer(null, 2)
  assert.equal(await whole, true)
  assert.deepEqual(writes, ['a\n', 'b\n'])

  sink.write('c\n')
  const failed = sink.flush(100)
  answer(failure('ENOSPC'), 0)
  assert.equal(await failed, false)

  const again = sink.flush(100)
  assert.equal(writes.length, 4, 'it is tried once more')
  tick()
  assert.equal(await again, false, 'the write never answered')
})
