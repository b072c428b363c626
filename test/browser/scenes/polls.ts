import { memberOf } from '../harness/carried.ts'
import { ok } from '../../harness/rest.ts'
import { composer, createRoom } from '../harness/steps.ts'
import type { Scene } from './scene.ts'

/** Polls in the conversation, as an activity, and the dialog that asks one. */
export const pollScenes: readonly Scene[] = [
  {
    name: 'polls-cards',
    async open(ann, { server }) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'public' })
      await composer(ann).waitFor()
      const room_id = new URL(ann.page.url()).pathname.slice('/r/'.length)
      const ben = await memberOf(server.url, room_id, 'Ben')
      const path = `/api/rooms/${room_id}/polls`
      const ask = (body: object) =>
        ok<{ id: string }>(server.url, 'POST', path, { token: ben.token, body: { ...body } })
      const done = await ask({ question: 'Did everybody like it?', options: ['Yes', 'Not everybody'] })
      const week = new Date(Date.now() + 7 * 86_400_000).toISOString()
      const day = new Date(Date.now() + 86_400_000).toISOString()
      const several = [
        'Saffron rice, as it was last time',
        'Something without meat, for those of us who eat none',
        'Soup',
      ]
      const open = await ask({
        question: 'What shall we cook next?',
        options: several,
        multiple: true,
        closes_at: week,
      })
      await ask({ question: 'Who washes up?', options: ['Ann', 'Ben'], anonymous: true, closes_at: day })
      for (const [id, option_ids] of [
        [done.id, ['a']],
        [open.id, ['a', 'b']],
      ] as const)
        await ok(server.url, 'PUT', `${path}/${id}/vote`, { token: ben.token, body: { option_ids } })
      await ok(server.url, 'POST', `${path}/${done.id}/close`, { token: ben.token })
      await ann.the('checkbox', /Something without meat/).check()
      await ann.the('group', 'Who washes up?').waitFor()
    },
    next: [
      {
        name: 'polls-stage',
        async open({ page, the }) {
          await page.getByRole('navigation').getByRole('link', { name: 'Polls' }).click()
          await the('heading', 'Closed polls').waitFor()
          await the('button', 'Who voted').first().click()
          await page.locator('.who-voted li').first().waitFor()
        },
      },
      {
        name: 'polls-new',
        async open({ the }) {
          await the('button', 'New poll').first().click()
          await the('button', 'Ask').click()
          await the('dialog').getByText('Write a question.').waitFor()
        },
      },
    ],
  },
]
