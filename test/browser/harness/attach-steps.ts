import type { Locator } from 'playwright-core'
import type { Visitor } from './visitor.ts'

export type Chosen = { name: string; mimeType: string; buffer: Buffer }

/** Waits for the composer's buttons for files, which are loaded some time after the room. */
export const nearFiles = ({ the, t }: Visitor): Promise<void> => the('button', t('attach.add')).waitFor()

/** The files above the field of the composer. */
export const attachments = ({ page, t }: Visitor): Locator =>
  page.locator('form').getByRole('list', { name: t('attach.label') })

/** Chooses files with the button. */
export async function attach({ page, the, t }: Visitor, files: Chosen[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await the('button', t('attach.add')).click()
  await (await chooser).setFiles(files)
}
