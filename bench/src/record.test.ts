import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from './check.ts'
import { columns, formatNumber, markdownTable, readRows, rowCells } from './record.ts'

const rows: Row[] = [
  {
    id: 'fan-out.deliveries',
    unit: '/CPU-s',
    parlor: 5_210_000,
    peer: 270_000,
    ratio: 19.3,
    weakest: 16.1,
    bound: '≥ 18×',
    verdict: 'reached',
  },
  {
    id: 'start.to-healthy',
    unit: 'ms',
    parlor: 412,
    peer: null,
    ratio: null,
    weakest: null,
    bound: '≤ 1000 ms',
    verdict: 'not reached',
  },
  {
    id: 'stalled.close-code',
    unit: '',
    parlor: 0,
    peer: 0,
    ratio: null,
    weakest: null,
    bound: '≥ 1013',
    verdict: 'not binding',
  },
]

test('reads back the table that it wrote', () => {
  const document = `# Benchmarks\n\n${markdownTable(columns, rows.map(rowCells))}\n\n| other | table |\n| --- | --- |\n| 1 | 2 |\n`
  assert.deepEqual([...readRows(document).values()], rows)
})

test('a document without recorded checks, or with a broken number, is an error', () => {
  assert.throws(() => readRows('# Benchmarks\n\n| check | verdict |\n'), /no recorded checks/)
  const broken = markdownTable(columns, rows.map(rowCells)).replace('5,210,000', 'much')
  assert.throws(() => readRows(broken), /not a number/)
})

test('numbers keep three significant digits', () => {
  assert.deepEqual([0.012345, 1.0049, 19.27, 99.96, 123.4, 5_212_345].map(formatNumber), [
    '0.0123',
    '1',
    '19.3',
    '100',
    '123',
    '5,212,345',
  ])
})
