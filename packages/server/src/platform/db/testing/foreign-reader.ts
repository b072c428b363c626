import { DatabaseSync } from 'node:sqlite'

// Another program that looks into the database file: reads something and keeps its transaction open until it is ended.
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
