import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stillTime } from '../testing/client.ts'
import { createTypingNotice } from './typing-notice.ts'

function noticeAndTold() {
  const { time, advance } = stillTime()
  const told: boolean[] = []
  return { notice: createTypingNotice(time, (typing) => told.push(typing)), told, advance }
}

test('[S7] announces typing when it begins, every 3 s while it goes on, and when it ends', () => {
  const { notice, told, advance } = noticeAndTold()
  for (let ms = 0; ms < 4000; ms += 500) {
    notice.set(true)
    advance(500)
  }
  notice.set(false)
  notice.set(false)
  assert.deepEqual(told, [true, true, false])
})

test('[S7] typing soon after sending is announced: the server no longer assumes the typing that was sent', () => {
  const { notice, told, advance } = noticeAndTold()
  notice.set(true)
  advance(1000)
  notice.sent()
  notice.set(false)
  advance(300)
  notice.set(true)
  assert.deepEqual(told, [true, false, true])
})

test('[S7] typing long after sending is announced by one event, because the server has ended it by itself', () => {
  const { notice, told, advance } = noticeAndTold()
  notice.set(true)
  notice.sent()
  notice.sent()
  advance(6000)
  notice.set(true)
  assert.deepEqual(told, [true, true])
})
