// Commits for as long as it lives and prints each acknowledgement; log/failure.test.ts kills it.
import { call, createRoom, createWorld, openSqliteAt, say } from './engine.ts'

const world = createWorld(await openSqliteAt(process.argv[2] ?? ''))
const room = await createRoom(world.engine, 'killed')

async function send(writer: number) {
  for (let n = 0; ; n++) {
    const word = `${writer}-${n}`
    const { events } = await world.engine.commit(call(room.id, [say(word)]))
    process.stdout.write(`${JSON.stringify({ seq: events[0]?.seq, word })}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, (_, writer) => send(writer)))
