import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { floodDoors } from './doors.ts'

suite('the largest input of each door', () => {
  const doors = floodDoors()
  test('there are doors to flood', () => assert.ok(doors.length > 50, `only ${doors.length}`))
  for (const {
    flood: { name, input },
    schema,
  } of doors)
    test(`${name} accepts the largest input made for it`, () => {
      const parsed = schema.safeParse(input)
      assert.ok(
        parsed.success,
        `give its fields values in testing/trials.ts of its feature: ${JSON.stringify(parsed).slice(0, 500)}`,
      )
    })
})
