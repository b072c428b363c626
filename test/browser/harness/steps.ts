import type { Visitor } from './visitor.ts'

// What people do in the app, by the names that they see and hear.

export type Access = 'invite' | 'public' | 'password'

/** From the start page into a new room; gives a name where there is none yet. */
export async function createRoom(
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

/** By a link to a room, with a name. */
export async function enter({ page, the, t }: Visitor, link: string, as: string): Promise<void> {
  await page.goto(link)
  await the('textbox', t('name.label')).fill(as)
  await the('button', t('name.enter')).click()
}

/** A guest under a name, on the start page. */
export async function comeIn(visitor: Visitor, as: string): Promise<void> {
  const { page, the, t } = visitor
  await page.goto('/r/lobby')
  await the('textbox', t('name.label')).fill(as)
  await the('button', t('name.enter')).click()
  await the('textbox', t('name.label')).waitFor({ state: 'detached' })
}

export type Account = { email: string; password: string }

/** The guest that somebody is becomes an account. */
export async function signUp({ page, the, t }: Visitor): Promise<Account> {
  const account = { email: `${crypto.randomUUID()}@example.org`, password: 'correct horse battery' }
  await page.goto('/account')
  await the('textbox', t('auth.email')).fill(account.email)
  await page.getByLabel(t('landing.access_password'), { exact: true }).fill(account.password)
  await the('button', t('auth.sign_up')).click()
  await page.getByText(t('account.kept')).waitFor()
  return account
}
