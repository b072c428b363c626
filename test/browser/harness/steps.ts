import type { Visitor } from './visitor.ts'

// What people do in the app, by the names that they see and hear.

export type Access = 'Link' | 'Everyone' | 'Password'

/** From the start page into a new room; gives a name where there is none yet. */
export async function createRoom(
  { page, the }: Visitor,
  room: string,
  { as, access = 'Everyone', password }: { as?: string; access?: Access; password?: string } = {},
): Promise<void> {
  await page.goto('/')
  await the('textbox', 'What is it about?').fill(room)
  await the('radio', access).check()
  if (password !== undefined) await page.getByLabel('Password of the room', { exact: true }).fill(password)
  await the('button', 'Create room').click()
  if (as !== undefined) {
    await the('textbox', 'Your name').fill(as)
    await the('button', 'Create room').click()
  }
  await page.waitForURL('**/r/*')
}

/** By a link to a room, with a name. */
export async function enter({ page, the }: Visitor, link: string, as: string): Promise<void> {
  await page.goto(link)
  await the('textbox', 'Your name').fill(as)
  await the('button', 'Enter the room').click()
}

/** A guest under a name, on the start page. */
export async function comeIn(visitor: Visitor, as: string): Promise<void> {
  const { page, the } = visitor
  await page.goto('/r/lobby')
  await the('textbox', 'Your name').fill(as)
  await the('button', 'Enter the room').click()
  await the('textbox', 'Your name').waitFor({ state: 'detached' })
}

export type Account = { email: string; password: string }

/** The guest that somebody is becomes an account. */
export async function signUp({ page, the }: Visitor): Promise<Account> {
  const account = { email: `${crypto.randomUUID()}@example.org`, password: 'correct horse battery' }
  await page.goto('/account')
  await the('textbox', 'E-mail').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(account.password)
  await the('button', 'Create an account').click()
  await page.getByText('Your account is there').waitFor()
  return account
}
