import { DatabaseSync } from 'node:sqlite'

// Plays another program that reads the database file: keeps its read transaction open until the process is killed.
const [file = ''] = process.argv.slice(2)
const connection = new DatabaseSync(file, { readOnly: true })
connection.exec('BEGIN')
connection.prepare('SELECT count(*) FROM sqlite_schema').get()
process.stdout.write('reading\n')
process.stdin.on('end', () => {
  connection.close()
  process.exit(0)
})
process.stdin.resume()
