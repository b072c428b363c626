import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type Backend, createRoom, createWorld, openFiles, signIn } from '../../testing/world.ts'
import { openDoor } from './door.ts'

/** Two nodes that share the database and the files. */
export function twoNodesSuite(name: string, backend: Backend): void {
  describe(`uploads on two nodes and ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-uploads-'))
    const files = openFiles(folder)
    after(async () => {
      ;(await files).media.close()
      rmSync(folder, { recursive: true })
      await backend.stop()
    })

    test('[UP11] of messages that are sent at once on two nodes with the same file one is stored', async (t) => {
      const db = await backend.open()
      const given = { files: await files }
      const [one, two] = await Promise.all([
        createWorld(db, given),
        createWorld({ ...db, close: async () => undefined }, given),
      ])
      await using stack = new AsyncDisposableStack()
      stack.use(one)
      stack.use(two)
      const door = await openDoor(t, one)
      const ann = await signIn(one, 'Ann')
      const [first, second] = [await createRoom(one, ann), await createRoom(one, ann)]
      for (const rooms of [
        [first.id, first.id],
        [first.id, second.id],
      ])
        for (let round = 0; round < 10; round += 1) {
          const { id } = await door.sends(ann, 'x')
          const send = (node: typeof one, room_id: string | undefined) => {
            const body = { content: '', file_ids: [id] }
            return node.rest('POST', `/api/rooms/${room_id}/messages`, { token: ann.token, body })
          }
          const answers = await Promise.all([send(one, rooms[0]), send(two, rooms[1])])
          const codes = answers.map(({ status, body }) => `${status} ${body.code ?? 'stored'}`).toSorted()
          assert.deepEqual(codes, ['201 stored', '400 validation_error'])
        }
      const counted = await one.db.all({ sql: "SELECT files FROM file_usage WHERE scope = 'room'", parameters: [] })
      assert.equal(
        counted.reduce((sum, { files: each }) => sum + Number(each), 0),
        20,
      )
    })
  })
}
