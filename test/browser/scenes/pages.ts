import { createRoom, ok, signInGuest } from '../../harness/rest.ts'
import type { JsonObject, Session } from '../../harness/wire.ts'
import { comeIn, signUp } from '../harness/steps.ts'
import type { Scene } from './scene.ts'

/** All pages except the room. */
export const pageScenes: readonly Scene[] = [
  {
    name: 'landing',
    async open({ page, the, t }) {
      await page.goto('/')
      await the('link', new RegExp(t('landing.lobby'))).waitFor()
    },
    next: [
      {
        name: 'landing-mistakes',
        async open({ page, the, t }) {
          await page.goto('/')
          await the('radio', t('landing.access_password')).check()
          await the('button', t('landing.create_button')).click()
          await the('textbox', t('landing.join_label')).fill('where is it?')
          await the('button', t('landing.join_button')).click()
          await page.getByText(t('landing.join_bad')).waitFor()
        },
      },
      {
        name: 'landing-name',
        async open({ page, the, t }) {
          await page.goto('/')
          await the('textbox', t('landing.room_name')).fill('Sunday dinner')
          await the('button', t('landing.create_button')).click()
          await the('textbox', t('name.label')).waitFor()
        },
      },
    ],
  },
  {
    name: 'landing-without-rooms',
    async open(visitor) {
      await comeIn(visitor, 'Ann')
      await visitor.page.goto('/')
      await visitor.page.getByText(visitor.t('landing.mine_empty')).waitFor()
    },
    next: [
      {
        name: 'landing-rooms',
        async open({ page, the }, { server }) {
          const host = await signInGuest(server.url, 'Ben')
          for (const name of ['Sunday dinner', 'Choir practice, second voices', 'Neighbours of 12, Calle Mayor'])
            await createRoom(server.url, host, { name })
          await page.goto('/')
          await the('link', /Choir practice/)
            .first()
            .waitFor()
        },
      },
    ],
  },
  {
    name: 'asked-for-a-name',
    async open({ page, the, t }, { server }) {
      const host = await signInGuest(server.url, 'Ben')
      const { id } = await createRoom(server.url, host, { name: 'Sunday dinner' })
      await page.goto(`/r/${id}`)
      await page.getByText(t('landing.room_name_example')).first().waitFor()
      await the('textbox', t('name.label')).waitFor()
    },
  },
  {
    name: 'no-such-room',
    async open({ page, the, t }) {
      await page.goto('/r/nowhere')
      await the('heading', t('page.not_found')).waitFor()
    },
    next: [
      {
        name: 'no-such-page',
        async open({ page, the, t }) {
          await page.goto('/somewhere')
          await the('heading', t('page.not_found')).waitFor()
        },
      },
    ],
  },
  {
    name: 'sign-in',
    async open({ page, the, t }) {
      await page.goto('/account')
      await the('button', t('app.sign_in')).waitFor()
    },
    next: [
      {
        name: 'sign-in-refused',
        async open({ page, the, t }) {
          await page.goto('/account')
          await the('textbox', t('auth.login')).fill('ann@example.org')
          await page.getByLabel(t('auth.password'), { exact: true }).fill('not the password')
          await the('button', t('app.sign_in')).click()
          await page.getByText(t('error.invalid_credentials')).waitFor()
        },
      },
      {
        name: 'sign-up-mistakes',
        async open({ page, the, t }) {
          await page.goto('/account')
          await the('button', t('auth.to_sign_up')).click()
          await the('textbox', t('auth.email')).fill('nobody')
          await the('button', t('auth.sign_up')).click()
          await page.getByText(t('auth.email_bad')).waitFor()
        },
      },
    ],
  },
  {
    name: 'account-of-a-guest',
    async open(visitor) {
      await comeIn(visitor, 'Ann')
      await visitor.page.goto('/account')
      await visitor.the('heading', visitor.t('account.keep')).waitFor()
      await visitor.page.getByText(visitor.t('account.this_device')).waitFor()
    },
    next: [
      {
        name: 'account',
        async open(visitor, { server }) {
          const { email, password } = await signUp(visitor)
          for (let others = 0; others < 2; others++)
            await ok(server.url, 'POST', '/api/auth/login', { body: { email, password } })
          await visitor.page.goto('/account')
          await visitor.page.getByText(visitor.t('account.this_device')).waitFor()
        },
      },
      {
        name: 'account-delete',
        async open({ the, t }) {
          await the('button', t('account.delete')).click()
          await the('dialog', t('account.delete_title')).waitFor()
        },
      },
    ],
  },
  {
    name: 'api-keys',
    async open(visitor, { server }) {
      const { page, the, t } = visitor
      await comeIn(visitor, 'Ann')
      const { email, password } = await signUp(visitor)
      const { access_token: token } = await ok<Session>(server.url, 'POST', '/api/auth/login', {
        body: { email, password },
      })
      const make = (body: JsonObject) => ok(server.url, 'POST', '/api/keys', { token, body })
      for (const name of ['Sunday dinner', 'Choir practice, second voices'])
        await createRoom(server.url, { id: '', name: 'Ann', token }, { name })
      await make({ name: 'Build server', scopes: ['messages:write'], room_ids: ['lobby'], expires_in: 86_400 })
      await make({
        name: 'Archive of everything that was said in the choir',
        scopes: ['messages:read', 'rooms:read', 'members:read'],
      })
      await page.goto('/account')
      await the('button', t('keys.create')).scrollIntoViewIfNeeded()
    },
    next: [
      {
        name: 'api-keys-create',
        async open({ page, the, t }) {
          await the('button', t('keys.create')).click()
          const dialog = page.getByRole('dialog')
          await dialog.getByLabel(t('keys.where_some')).check()
          await dialog.getByRole('button', { name: t('keys.create') }).click()
          await page.getByText(t('keys.rooms_missing')).waitFor()
        },
      },
      {
        name: 'api-keys-made',
        async open({ page, t }) {
          const dialog = page.getByRole('dialog')
          await dialog.getByLabel(t('keys.name')).fill('Weather')
          await dialog.getByLabel(t('keys.messages:write')).check()
          await dialog.getByLabel(t('keys.where_all')).check()
          await dialog.getByRole('button', { name: t('keys.create') }).click()
          await page.getByText(t('keys.made')).waitFor()
        },
      },
      {
        name: 'api-keys-revoke',
        async open({ page, the, t }) {
          await page
            .getByRole('dialog')
            .getByRole('button', { name: t('keys.done') })
            .click()
          await the('button', t('keys.revoke_named', { name: 'Build server' })).click()
          await the('dialog', t('keys.revoke_title', { name: 'Build server' })).waitFor()
        },
      },
    ],
  },
  {
    name: 'setup',
    async open({ page, the, t }) {
      await page.goto('/setup#token=none')
      await the('button', t('setup.submit')).click()
      await page.getByText(t('auth.missing')).first().waitFor()
    },
  },
  {
    name: 'offline',
    async open({ page, the, t, faults }, { server }) {
      const host = await signInGuest(server.url, 'Ben')
      const { id } = await createRoom(server.url, host, { name: 'Sunday dinner' })
      faults.allowNetworkFailures()
      await page.route('**/api/**', (route) => route.abort())
      await page.goto(`/r/${id}`)
      await the('heading', t('page.offline')).waitFor()
    },
  },
]
