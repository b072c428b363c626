import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorCatalogue, errorFaults } from './errors.ts'
import { AppError, defineErrors, errorBody, type Failure } from '../error.ts'

const pollErrors = defineErrors({
  poll_closed: { status: 409, text: 'The poll is closed', retry: 'never' },
  poll_busy: { status: 503, text: 'Too many vote at once', retry: 'later', retry_after: 3 },
})
const announcing = (...errors: Failure[]) => [{ name: 'polls.vote', contract: { errors } }]

test('[ER1] an error has the status and text that its part defined, whether it is thrown by name or by value', () => {
  const closed = new AppError(pollErrors.poll_closed)
  assert.deepEqual(errorBody(closed), { error: 'The poll is closed', code: 'poll_closed', retry: 'never' })
  assert.equal(closed.status, 409)
  assert.ok(closed.is(pollErrors.poll_closed) && !closed.is(pollErrors.poll_busy))
  assert.deepEqual(new AppError(pollErrors.poll_busy).details, { retry_after: 3 })
  assert.equal(new AppError('not_found').status, 404)
  assert.ok(new AppError('not_found').is('not_found'))
})

test('[ER1] the catalogue lists the codes of the core and of every part, by status and name', () => {
  const codes = errorCatalogue({ polls: pollErrors })
  const own = codes.filter(({ code }) => code.startsWith('poll_')).map(({ code }) => code)
  assert.deepEqual(own, ['poll_closed', 'poll_busy'])
  assert.ok(codes.some(({ code }) => code === 'not_found'))
  const statuses = codes.map(({ status }) => status)
  assert.deepEqual(
    statuses,
    statuses.toSorted((one, other) => one - other),
  )
})

test('[ER2] two parts may define one code only with the same meaning', () => {
  const same = defineErrors({ poll_closed: { status: 409, text: 'The poll is closed', retry: 'never' } })
  const both = { polls: pollErrors, votes: same }
  assert.deepEqual(errorFaults(both, []), [])
  assert.equal(errorCatalogue(both).filter(({ code }) => code === 'poll_closed').length, 1)
  const other = defineErrors({
    poll_closed: { status: 410, text: 'The poll is closed', retry: 'never' },
    not_found: { status: 404, text: 'No such poll', retry: 'never' },
  })
  assert.deepEqual(errorFaults({ polls: pollErrors, votes: other }, []), [
    'polls and votes mean different things by the error poll_closed: rename one of them.',
    'core and votes mean different things by the error not_found: rename one of them.',
  ])
})

test('[ER2] an action may list only codes that some part declares', () => {
  assert.deepEqual(errorFaults({ polls: pollErrors }, announcing(pollErrors.poll_closed, 'not_found')), [])
  assert.deepEqual(errorFaults({}, announcing(pollErrors.poll_closed, 'not_found')), [
    'polls.vote announces the error poll_closed, which no part hands over: add it to the errors of the Feature that defines it.',
  ])
})
