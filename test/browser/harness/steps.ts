import type { Visitor } from './visitor.ts'

// What people do in the app, by the names that they see and hear.

export type Access = 'By link' | 'Everyone' | 'By password'

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
