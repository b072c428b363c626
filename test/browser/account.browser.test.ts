import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startServer } from '../harness/server.ts'
import { comeIn, composer, createRoom, say, sees, signIn, signUp, texts } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('accounts', { skip: browsers.missing }, async () => {
  const server = await startServer()
  after(() => server[Symbol.asyncDispose]())

  it('a guest who creates an account keeps rooms, role and messages, also in another browser', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await createRoom(ann, 'Diary', { as: 'Ann', access: 'invite' })
    await say(ann, 'As a guest')
    const room = ann.page.url()
    const account = await signUp(ann)
    await ann.page.getByText(ann.t('account.this_device')).waitFor()
    assert.equal(await ann.page.locator('.sessions > li').count(), 1)
    await ann.page.goto(room)
    await say(ann, 'With an account')

    const elsewhere = await browsers.visitor(t, server.url)
    await signIn(elsewhere, account)
    await elsewhere.page.goto('/')
    await elsewhere.page.getByRole('link', { name: /Diary/ }).click()
    await sees(elsewhere, 'With an account')
    assert.deepEqual(await texts(elsewhere), ['As a guest', 'With an account'])
    await elsewhere.the('button', elsewhere.t('room.more')).click()
    await elsewhere.the('menuitem', elsewhere.t('settings.title')).waitFor()
  })

  it('a session that was ended in another browser is signed out within a second', async (t) => {
    const ann = await browsers.visitor(t, server.url)
    await comeIn(ann, 'Ann')
    const account = await signUp(ann)
    const phone = await browsers.visitor(t, server.url, { isPhone: true })
    await signIn(phone, account)
    await phone.page.goto('/r/lobby')
    await composer(phone).waitFor()
    await ann.page.goto('/account')
    await ann.page
      .getByRole('button', { name: new RegExp(ann.t('account.revoke_named', { device: '.+ on .+' })) })
      .click()
    await ann.page.getByText(ann.t('account.revoked')).first().waitFor()
    await composer(phone).waitFor({ state: 'detached', timeout: 1000 })
    await phone.page.getByRole('textbox', { name: phone.t('name.label') }).waitFor()
    await ann.page.reload()
    await ann.page.getByText(ann.t('account.this_device')).waitFor()
  })
})
