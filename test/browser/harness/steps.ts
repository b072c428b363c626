import type { Locator } from 'playwright-core'
import { openSdk } from '../../harness/sdk.ts'
import type { Visitor } from './visitor.ts'

// Steps of users in the app, who find things by visible or spoken names.

export type Access = 'invite' | 'public' | 'password'

/** Creates a room from the start page; enters a name if the visitor has none yet. */
export async function createRoomByForm(
  { page, the, t }: Visitor,
  room: string,
  { as, access = 'public', password }: { as?: string; access?: Access; password?: string } = {},
): Promise<void> {
  await page.goto('/')
  await the('textbox', t('landing.room_name')).fill(room)
  await the('radio', t(`landing.access_${access}`)).check()
  if (password !== undefined) await page.getByLabel(t('landing.room_password'), { exact: true }).fill(password)
  await the('button', t('landing.create_button')).click()
  if (as !== undefined) {
    await the('textbox', t('name.label')).fill(as)
    await the('button', t('landing.create_button')).click()
  }
  await page.waitForURL('**/r/*')
}

/** Makes a new visitor a guest with a room of their own and opens it, in half the time that the start page takes. */
export async function createRoom(
  { page, url }: Visitor,
  room: string,
  { as, access = 'public' }: { as: string; access?: Exclude<Access, 'password'> },
): Promise<void> {
  const kept = new Map<string, string>()
  const storage = {
    get: (key: string) => kept.get(key) ?? null,
    set: (key: string, text: string) => void kept.set(key, text),
    remove: (key: string) => void kept.delete(key),
    keys: () => [...kept.keys()],
  }
  using parlor = openSdk({ url, storage })
  await parlor.auth.guest({ name: as })
  const { id } = await parlor.rooms.create({ name: room, is_private: access !== 'public' })
  // The page names the server by its path alone.
  const stored = [...kept].map(([key, text]) => [key.replace(`:${url}:`, '::'), text] as const)
  await page.addInitScript((stored) => {
    if (localStorage.getItem('is-known') !== null) return
    localStorage.setItem('is-known', 'yes')
    for (const [key, text] of stored) localStorage.setItem(key, text)
  }, stored)
  await page.goto(`/r/${id}`)
}

/** Opens a link to a room and enters a name. */
export async function enter({ page, the, t }: Visitor, link: string, as: string): Promise<void> {
  await page.goto(link)
  await the('textbox', t('name.label')).fill(as)
  await the('button', t('name.enter')).click()
}

/** Makes the visitor a guest with this name, on the start page. */
export async function comeIn(visitor: Visitor, as: string): Promise<void> {
  const { page, the, t } = visitor
  await page.goto('/r/lobby')
  await the('textbox', t('name.label')).fill(as)
  await the('button', t('name.enter')).click()
  await the('textbox', t('name.label')).waitFor({ state: 'detached' })
}

export type Account = { email: string; password: string }

/** Creates an account for the guest. */
export async function signUp({ page, the, t }: Visitor): Promise<Account> {
  const account = { email: `${crypto.randomUUID()}@example.org`, password: 'correct horse battery' }
  await page.goto('/account')
  // Names of accounts are unique on a server, which the tests of a file share.
  await the('textbox', t('account.name')).fill(`Ann ${account.email.slice(0, 8)}`)
  await the('button', t('ui.save')).click()
  await page.getByText(t('account.saved')).first().waitFor()
  await the('textbox', t('auth.email')).fill(account.email)
  await page.getByLabel(t('auth.password'), { exact: true }).fill(account.password)
  await the('button', t('auth.sign_up')).click()
  await page.getByText(t('account.kept')).first().waitFor()
  return account
}

export const composer = ({ the, t }: Visitor): Locator => the('textbox', t('composer.label'))

/** The messages that are loaded, oldest first. */
const messages = ({ the }: Visitor): Locator => the('log').getByRole('article')

/** Sends a message; resolves when the timeline shows it, stored or not. */
export async function say(visitor: Visitor, text: string): Promise<void> {
  await composer(visitor).fill(text)
  await composer(visitor).press('Enter')
  await sees(visitor, text)
}

/** Waits until a message with just this text, or one that matches, is loaded. */
export async function sees({ the }: Visitor, text: string | RegExp): Promise<void> {
  await the('log').getByText(text, { exact: true }).last().waitFor()
}

/** The texts of the messages that are loaded, in order. */
export const texts = (visitor: Visitor): Promise<string[]> => messages(visitor).getByRole('paragraph').allTextContents()

/** Waits until the page says that it is not connected. */
export async function isOffline({ the, t }: Visitor): Promise<void> {
  const says = (text: string) => the('status').filter({ hasText: text })
  await says(t('connection.offline'))
    .or(says(t('connection.reconnecting')))
    .waitFor({ state: 'attached' })
}

/** Waits until the page shows no connection notice and no message waits to be sent. */
export async function isOnline({ the, t }: Visitor): Promise<void> {
  for (const text of [t('connection.offline'), t('connection.reconnecting'), t('connection.catching_up')])
    await the('status').filter({ hasText: text }).waitFor({ state: 'detached' })
  for (const text of [t('message.sending'), t('message.queued')])
    await the('log').getByText(text, { exact: true }).first().waitFor({ state: 'detached' })
}

/** The link in the invitation dialog. */
export async function inviteLink(visitor: Visitor): Promise<string> {
  const { the, t } = visitor
  await the('button', t('invite.title')).first().click()
  const link = await the('textbox', t('invite.link')).inputValue()
  await closeDialog(visitor)
  return link
}

export async function openSettings({ the, t }: Visitor): Promise<void> {
  await the('button', t('room.more')).click()
  await the('menuitem', t('settings.title')).click()
  await the('dialog', t('settings.title')).waitFor()
}

export async function signIn({ page, the, t }: Visitor, { email, password }: Account): Promise<void> {
  await page.goto('/account')
  await the('textbox', t('auth.login')).fill(email)
  await page.getByLabel(t('auth.password'), { exact: true }).fill(password)
  await the('button', t('auth.sign_in')).click()
  await the('heading', t('landing.mine')).waitFor()
}

export async function closeDialog({ page, the }: Visitor): Promise<void> {
  await page.keyboard.press('Escape')
  await the('dialog').waitFor({ state: 'detached' })
}
