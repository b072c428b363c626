import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInviteCodes } from './invite-codes.ts'

test('[I2] a code has one spelling', () => {
  const codes = createInviteCodes({ current: 'a-key', previous: [] })
  const id = codes.newId()
  const code = codes.codeOf('room', id)
  assert.equal(codes.idOf('room', code), id)
  assert.equal(codes.idOf('another', code), null)
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = letters[letters.indexOf(code.at(-1) ?? '') + 1]
  for (const spelled of [`${code}=`, `${code}==`, `${code}!`, `${code} `, `${code.slice(0, -1)}${last}`])
    assert.equal(codes.idOf('room', spelled), null, spelled)
})
