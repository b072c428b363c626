import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissionOf } from './permission.ts'

test('[NO5] a page without HTTPS cannot ask, whatever the browser says of notifications', () => {
  const secure = (permission: NotificationPermission) =>
    permissionOf({ isSecureContext: true, Notification: { permission } })
  assert.deepEqual([secure('default'), secure('granted'), secure('denied')], ['ask', 'granted', 'denied'])
  assert.equal(permissionOf({ isSecureContext: true }), 'none')
  assert.equal(permissionOf({ isSecureContext: false, Notification: { permission: 'denied' } }), 'insecure')
})
