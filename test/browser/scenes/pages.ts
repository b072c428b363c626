import { createRoom, ok, signInGuest } from '../../harness/rest.ts'
import { comeIn, signUp } from '../harness/steps.ts'
import type { Scene } from './scene.ts'

/** All pages but the room. */
export const pageScenes: readonly Scene[] = [
  {
    name: 'landing',
    async open({ page, the }) {
      await page.goto('/')
      await the('link', /The lobby/).waitFor()
    },
  },
  {
    name: 'landing-mistakes',
    async open({ page, the }) {
      await page.goto('/')
      await the('radio', 'Password').check()
      await the('button', 'Create room').click()
      await the('textbox', 'Link or code that you were sent').fill('where is it?')
      await the('button', 'Join').click()
      await page.getByText('Paste the whole link that you were sent').waitFor()
    },
  },
  {
    name: 'landing-name',
    async open({ page, the }) {
      await page.goto('/')
      await the('textbox', 'What is it about?').fill('Sunday dinner')
      await the('button', 'Create room').click()
      await the('textbox', 'Your name').waitFor()
    },
  },
  {
    name: 'landing-without-rooms',
    async open(visitor) {
      await comeIn(visitor, 'Ann')
      await visitor.page.goto('/')
      await visitor.page.getByText('No rooms yet').waitFor()
    },
  },
  {
    name: 'landing-rooms',
    async open(visitor, { server }) {
      await comeIn(visitor, 'Ann')
      const host = await signInGuest(server.url, 'Ben')
      for (const name of ['Sunday dinner', 'Choir practice, second voices', 'Neighbours of 12, Calle Mayor'])
        await createRoom(server.url, host, { name })
      await visitor.page.goto('/')
      await visitor
        .the('link', /Choir practice/)
        .first()
        .waitFor()
    },
  },
  {
    name: 'asked-for-a-name',
    async open({ page, the }, { server }) {
      const host = await signInGuest(server.url, 'Ben')
      const { id } = await createRoom(server.url, host, { name: 'Sunday dinner' })
      await page.goto(`/r/${id}`)
      await page.getByText('Sunday dinner').first().waitFor()
      await the('textbox', 'Your name').waitFor()
    },
  },
  {
    name: 'no-such-room',
    async open({ page, the }) {
      await page.goto('/r/nowhere')
      await the('heading', 'There is nothing here').waitFor()
    },
  },
  {
    name: 'no-such-page',
    async open({ page, the }) {
      await page.goto('/somewhere')
      await the('heading', 'There is nothing here').waitFor()
    },
  },
  {
    name: 'sign-in',
    async open({ page, the }) {
      await page.goto('/account')
      await the('button', 'Sign in').waitFor()
    },
  },
  {
    name: 'sign-in-refused',
    async open({ page, the }) {
      await page.goto('/account')
      await the('textbox', 'E-mail or name').fill('ann@example.org')
      await page.getByLabel('Password', { exact: true }).fill('not the password')
      await the('button', 'Sign in').click()
      await page.getByText('E-mail and password do not match').waitFor()
    },
  },
  {
    name: 'sign-up-mistakes',
    async open({ page, the }) {
      await page.goto('/account')
      await the('button', 'No account yet? Create one').click()
      await the('textbox', 'E-mail').fill('nobody')
      await the('button', 'Create an account').click()
      await page.getByText('This does not look like an e-mail address').waitFor()
    },
  },
  {
    name: 'account-of-a-guest',
    async open(visitor) {
      await comeIn(visitor, 'Ann')
      await visitor.page.goto('/account')
      await visitor.the('heading', 'Keep your rooms: create an account').waitFor()
      await visitor.page.getByText('This device').waitFor()
    },
  },
  {
    name: 'account',
    async open(visitor, { server }) {
      await comeIn(visitor, 'Ann')
      const { email, password } = await signUp(visitor)
      for (let others = 0; others < 2; others++)
        await ok(server.url, 'POST', '/api/auth/login', { body: { email, password } })
      await visitor.page.goto('/account')
      await visitor.page.getByText('This device').waitFor()
    },
  },
  {
    name: 'account-delete',
    async open(visitor) {
      await comeIn(visitor, 'Ann')
      await signUp(visitor)
      await visitor.page.goto('/account')
      await visitor.the('button', 'Delete account').click()
      await visitor.the('dialog', 'Delete your account?').waitFor()
    },
  },
  {
    name: 'offline',
    async open({ page, the, faults }, { server }) {
      const host = await signInGuest(server.url, 'Ben')
      const { id } = await createRoom(server.url, host, { name: 'Sunday dinner' })
      faults.allowNetworkFailures()
      await page.route('**/api/**', (route) => route.abort())
      await page.goto(`/r/${id}`)
      await the('heading', 'The server cannot be reached').waitFor()
    },
  },
]
