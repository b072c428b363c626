import type { Row, Verdict } from './check.ts'

/** The columns of the table in docs/benchmarks.md, which is the one place where results are recorded. */
export const columns = ['check', 'unit', 'Parlor', 'peer', 'ratio', 'weakest', 'bound', 'verdict'] as const

const verdicts: readonly Verdict[] = ['reached', 'not reached', 'not binding']
const none = '–'

export function rowCells(row: Row): string[] {
  return [
    row.id,
    row.unit || none,
    formatNumber(row.parlor),
    row.peer === null ? none : formatNumber(row.peer),
    ratioText(row.ratio),
    ratioText(row.weakest),
    row.bound,
    row.verdict,
  ]
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The recorded rows by id, read from the document's table of checks. Throws when the document has none. */
export function readRows(markdown: string): Map<string, Row> {
  const rows = markdown
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => {
      const row = readRow(line.slice(2, -2).split(' | '))
      return row === null ? [] : [row]
    })
  if (rows.length === 0) throw new Error('the document holds no recorded checks')
  return new Map(rows.map((row) => [row.id, row]))
}

function readRow(cells: readonly string[]): Row | null {
  const [id = '', unit = '', parlor = '', peer = '', ratio = '', weakest = '', bound = '', verdictText = ''] = cells
  const verdict = verdicts.find((one) => one === verdictText)
  if (verdict === undefined || cells.length !== columns.length) return null
  return {
    id,
    unit: unit === none ? '' : unit,
    parlor: readNumber(parlor),
    peer: peer === none ? null : readNumber(peer),
    ratio: readRatio(ratio),
    weakest: readRatio(weakest),
    bound,
    verdict,
  }
}

const ratioText = (ratio: number | null): string => (ratio === null ? none : `${formatNumber(ratio)}×`)

const readRatio = (text: string): number | null => (text === none ? null : readNumber(text.slice(0, -1)))

/** Three significant digits, whole numbers grouped by thousands. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

function readNumber(text: string): number {
  const value = Number(text.replaceAll(',', ''))
  if (text === '' || Number.isNaN(value)) throw new Error(`not a number in the recorded table: ${text}`)
  return value
}
