import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPathProxy } from '../harness/path-proxy.ts'
import { startServer } from '../harness/server.ts'
import { composer } from './harness/steps.ts'
import { openBrowsers } from './harness/visitor.ts'

const browsers = await openBrowsers()

describe('served under a path', { skip: browsers.missing }, () => {
  for (const strips of [true, false])
    it(`[B1] rooms work behind a proxy that ${strips ? 'strips' : 'keeps'} the path`, async (t) => {
      const proxy = await startPathProxy('/our/parlor', strips)
      const server = await startServer({ env: { PUBLIC_URL: `${proxy.url}/our/parlor` } })
      proxy.to(server.port)
      const home = `${proxy.url}/our/parlor/`
      const visitor = await browsers.visitor(t, proxy.url)
      // Behind the visitor, whose page may still be loading something when the test is over.
      t.after(async () => {
        await server[Symbol.asyncDispose]()
        await proxy[Symbol.asyncDispose]()
      })
      const { page, the, t: text } = visitor
      await page.goto(home)
      await the('textbox', text('landing.room_name')).fill('Choir')
      await the('radio', text('landing.access_public')).check()
      await the('button', text('landing.create_button')).click()
      await the('textbox', text('name.label')).fill('Ann')
      await the('button', text('landing.create_button')).click()
      await page.waitForURL(`${home}r/*`)
      await composer(visitor).fill('hello')
      await composer(visitor).press('Enter')
      await page.getByText('hello', { exact: true }).first().waitFor()
      const room = page.url()
      await page.reload()
      await page.getByText('hello', { exact: true }).first().waitFor()
      await the('link', text('app.home')).first().click()
      await page.waitForURL(home)
      await the('link', /Choir/).first().click()
      await page.waitForURL(room)
      await page.goto(`${home}account`)
      await the('heading', text('account.title')).waitFor()
      assert.equal(await page.getAttribute('link[rel=icon]', 'href'), '/our/parlor/icon.svg')
    })
})
