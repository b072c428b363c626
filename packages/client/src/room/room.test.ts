import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '../connection/connection.ts'
import { unanswered } from '../connection/failure.ts'
import { memoryKeep } from '../connection/storage.ts'
import { createStore } from '../store.ts'
import { stillTime } from '../testing/client.ts'
import { createMarks } from './marks.ts'
import { createOutbox } from './outbox/outbox.ts'
import { createRoom } from './room.ts'

/** A room without a server: the test plays the server's part. */
function followedRoom(recordEvents: Readonly<Record<string, string>>) {
  const { time } = stillTime()
  const connection: Connection = {
    state: createStore<ReturnType<Connection['state']['get']>>({ phase: 'online', since: 0, retry_at: null }),
    isUp: () => true,
    start() {},
    stop() {},
    close() {},
    request: () => Promise.reject(unanswered()),
    ask: (_event, _payload, answered) => answered({ error: unanswered() }),
    emit() {},
  }
  const outbox = createOutbox({
    ...{ keep: memoryKeep(), prefix: '', time, isUp: () => false, progress: () => null },
    send: () => Promise.reject(unanswered()),
  })
  const marks = createMarks({ call: () => Promise.reject(unanswered()), time, isUp: () => false })
  return createRoom(
    'r',
    {},
    {
      ...{
        connection,
        call: () => Promise.reject(unanswered()),
        outbox,
        marks,
        time,
        me: () => null,
        user_id: () => 'ann',
      },
      ...{ windowSize: 10, recordEvents, onDetach() {} },
    },
  )
}

const snapshot = {
  ...{ room: { id: 'r' }, seq: 4, epoch: 'e', recovered: false, events: [], history_before: null, presence: [] },
  records: [{ type: 'playback', key: 'item', seq: 3, value: { playing: false } }],
  me: { role: 'member', peer_id: 'p', user_id: 'ann', joined_at: '2026-01-01T00:00:00.000Z', languages: null },
}

test('[S1] [S2] the event of a record type changes the records of its type, in order and once', () => {
  const { room, receive, close } = followedRoom({ playback_updated: 'playback' })
  const seen = () => room.records('playback').get().get('item')
  receive('room_joined', snapshot)
  assert.deepEqual(seen(), { seq: 3, value: { playing: false } })
  receive('playback_updated', { room_id: 'r', key: 'item', seq: 6, playing: true, position: 1 })
  assert.deepEqual(seen(), { seq: 6, value: { playing: true, position: 1 } })
  receive('playback_updated', { room_id: 'r', key: 'item', seq: 5, playing: false })
  assert.deepEqual(seen(), { seq: 6, value: { playing: true, position: 1 } }, 'an older event changes nothing')
  receive('record_changed', { room_id: 'r', type: 'playback', key: 'item', seq: 7, set: { position: 2 }, unset: [] })
  assert.deepEqual(seen(), { seq: 7, value: { playing: true, position: 2 } })
  receive('playback_updated', { room_id: 'r', key: 'item', seq: 8, deleted: true })
  assert.equal(seen(), undefined)
  close()
})

test('[S6] a membership that began anew while the client was away shows in the snapshot, and is not kept', () => {
  const { room, receive, down, close } = followedRoom({})
  receive('room_joined', snapshot)
  down()
  receive('room_joined', { ...snapshot, seq: 9 })
  assert.equal(room.state.get().phase, 'live')
  down()
  receive('room_joined', { ...snapshot, seq: 12, me: { ...snapshot.me, joined_at: '2026-01-02T00:00:00.000Z' } })
  assert.deepEqual([room.state.get().phase, room.state.get().error?.code], ['removed', 'removed'])
  close()
})
