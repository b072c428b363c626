import { directoryTexts } from '../../../packages/web/src/pages/directory/directory-texts.ts'
import { paletteTexts } from '../../../packages/web/src/palette/palette-texts.ts'
import { createRoom, ok } from '../../harness/rest.ts'
import type { Session } from '../../harness/wire.ts'
import { memberOf } from '../harness/carried.ts'
import { comeIn, composer, signUp } from '../harness/steps.ts'
import type { Scene } from './scene.ts'

/** The ways to a room: the column with its sections, the palette, and the list of public rooms. */
export const findingScenes: readonly Scene[] = [
  {
    name: 'rooms-column',
    async open(ann, { server: { url } }) {
      await comeIn(ann, 'Ann')
      const { email, password } = await signUp(ann)
      const { access_token: token } = await ok<Session>(url, 'POST', '/api/auth/login', { body: { email, password } })
      const make = (name: string) => createRoom(url, { id: '', name: 'Ann', token }, { name })
      const prefer = (id: string, body: object) =>
        ok(url, 'PATCH', `/api/rooms/${id}/preferences`, { token, body: { ...body } })
      const tea = await make('Tea house')
      await prefer(tea.id, { favorite: true })
      const kitchen = await make('Kitchen')
      await prefer(kitchen.id, { group: 'Home' })
      const garden = await make('Garden of the neighbours in 12, Calle Mayor')
      const books = await make('Books')
      const ben = await memberOf(url, garden.id, 'Ben')
      for (const content of ['The beans are up', 'Who waters them on Saturday?'])
        await ok(url, 'POST', `/api/rooms/${garden.id}/messages`, { token: ben.token, body: { content } })
      await ann.page.goto(`/r/${books.id}`)
      await composer(ann).waitFor()
      await ann.page
        .getByRole('region', { name: ann.t('rooms.unread'), includeHidden: true })
        .first()
        .waitFor({ state: 'attached' })
    },
    next: [
      {
        name: 'palette',
        async open({ page, the }) {
          await page.keyboard.press('Control+K')
          await the('combobox', paletteTexts.en.field).waitFor()
          await the('option', /Tea house/).waitFor()
        },
      },
      {
        name: 'palette-nothing',
        async open({ page, the }) {
          await the('combobox', paletteTexts.en.field).fill('nothing like it')
          await the('status').filter({ hasText: 'nothing like it' }).waitFor()
          await page.mouse.move(0, 0)
        },
      },
      {
        name: 'directory',
        async open({ page, the }) {
          await page.goto('/rooms')
          await the('heading', directoryTexts.en.heading).waitFor()
          await the('link', /Garden/)
            .first()
            .waitFor()
        },
      },
      {
        name: 'directory-nothing',
        async open({ page, the }) {
          await the('textbox', directoryTexts.en.search).fill('zzzz')
          await page.getByText(directoryTexts.en.no_match_hint).waitFor()
        },
      },
      {
        name: 'new-room',
        async open({ the, t }) {
          await the('navigation', t('rail.rooms'))
            .getByRole('button', { name: t('landing.create') })
            .click()
          await the('dialog', t('landing.create')).waitFor()
        },
      },
    ],
  },
]
