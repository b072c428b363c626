import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutBase } from './base-path.ts'

test('[B1] a target loses the public path once, and no other', () => {
  for (const [target, basePath, expected] of [
    ['/api/rooms?x=/parlor', '', '/api/rooms?x=/parlor'],
    ['/parlor/api/rooms?x=1', '/parlor', '/api/rooms?x=1'],
    ['/parlor', '/parlor', '/'],
    ['/parlor/', '/parlor', '/'],
    ['/parlor?x=1', '/parlor', '/?x=1'],
    ['/parlors/api', '/parlor', '/parlors/api'],
    ['/parlor/parlor/api', '/parlor', '/parlor/api'],
    ['/a/b/api', '/a/b', '/api'],
    ['/a/api', '/a/b', '/a/api'],
    ['/api/live', '/parlor', '/api/live'],
    ['//parlor/api', '/parlor', '//parlor/api'],
  ] as const)
    assert.equal(withoutBase(target, basePath), expected, `${target} under ${basePath}`)
})
