import { Client } from 'pg'

const tables = `SELECT c.oid, quote_ident(c.relname) AS name, c.reloptions AS options FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"`
const columns = `SELECT quote_ident(a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attidentity AS identity,
    a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS given,
    CASE WHEN a.attcollation <> t.typcollation THEN quote_ident(l.collname) END AS collation
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`
const constraints = `SELECT quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS text FROM pg_constraint c
  WHERE c.conrelid = $1 AND c.contype = ANY ($2::"char"[]) ORDER BY c.contype, c.conname COLLATE "C"`
const indexes = `SELECT pg_get_indexdef(i.indexrelid) AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = $1 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
  ORDER BY c.relname COLLATE "C"`
/** Objects that this dump would lose. Only sequences of identity columns are supported. */
const foreign = `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i', 'S')
  UNION ALL SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
  UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
  UNION ALL SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attgenerated <> ''`

type Table = { oid: number; name: string; options: string[] | null }
type Column = {
  name: string
  type: string
  identity: string
  required: boolean
  given: string | null
  collation: string | null
}

/**
 * The tables of a database and their rows as SQL, one statement a line, which a driver can run as it is: tables, rows, then keys
 * and indexes. The same database comes to the same text. Throws where there is what it does not write (a view, a trigger).
 */
export async function dumpPostgres(url: string): Promise<string> {
  const client = new Client(url)
  await client.connect()
  try {
    const lost = await client.query<{ name: string }>(foreign)
    if (lost.rows[0]) throw new Error(`The dump has no form for ${lost.rows.map(({ name }) => name).join(', ')}`)
    const [made, filled, keyed, referring]: [string[], string[], string[], string[]] = [[], [], [], []]
    const ask = async <Row extends object>(sql: string, values: unknown[]) =>
      (await client.query<Row>(sql, values)).rows
    for (const table of await ask<Table>(tables, [])) {
      const all = await ask<Column>(columns, [table.oid])
      const add = ({ name, text }: { name: string; text: string }) =>
        `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} ${text};`
      made.push(creating(table, all))
      filled.push(...(await rowsOf(client, table, all)))
      keyed.push(
        ...(await ask<{ name: string; text: string }>(constraints, [table.oid, ['p', 'u', 'c', 'x']])).map(add),
      )
      keyed.push(...(await ask<{ text: string }>(indexes, [table.oid])).map(({ text }) => `${text};`))
      referring.push(...(await ask<{ name: string; text: string }>(constraints, [table.oid, ['f']])).map(add))
    }
    return `${[...made, ...filled, ...keyed, ...referring].join('\n')}\n`
  } finally {
    await client.end()
  }
}

function creating({ name, options }: Table, all: readonly Column[]): string {
  const parts = all.map((column) =>
    [
      `${column.name} ${column.type}`,
      ...(column.collation === null ? [] : [`COLLATE ${column.collation}`]),
      ...(column.required ? ['NOT NULL'] : []),
      ...(column.given === null ? [] : [`DEFAULT ${column.given}`]),
      ...(column.identity === '' ? [] : [`GENERATED ${column.identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`]),
    ].join(' '),
  )
  return `CREATE TABLE ${name} (${parts.join(', ')})${options === null ? '' : ` WITH (${options.join(', ')})`};`
}

/** Every value in the text form of its type, then the next value of identity columns. */
async function rowsOf(client: Client, { name }: Table, all: readonly Column[]): Promise<string[]> {
  const names = all.map((column) => column.name)
  const values = names.map((column) => `quote_nullable(${column}::text)`).join(`, `)
  const { rows } = await client.query<{ row: string }>(
    `SELECT concat_ws(', ', ${values}) AS row FROM ${name} ORDER BY ${names.join(', ')}`,
  )
  const into = `INSERT INTO ${name} (${names.join(', ')}) OVERRIDING SYSTEM VALUE VALUES`
  const inserts = rows.map(({ row }) => `${into} (${row});`)
  const counted = all.find(({ identity }) => identity !== '')
  if (!counted) return inserts
  const sequence = `pg_get_serial_sequence('${name}', '${counted.name}')`
  const found = await client.query<{ name: string }>(`SELECT ${sequence} AS name`)
  const last = await client.query<{ last_value: string; is_called: boolean }>(
    `SELECT last_value, is_called FROM ${found.rows[0]?.name}`,
  )
  return [...inserts, ...last.rows.map((row) => `SELECT setval(${sequence}, ${row.last_value}, ${row.is_called});`)]
}
