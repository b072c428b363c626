import type { Locator } from 'playwright-core'
import { composer } from './steps.ts'
import type { Visitor } from './visitor.ts'

export type Chosen = { name: string; mimeType: string; buffer: Buffer }

/** Comes near the composer, which then loads what takes files. */
export async function nearFiles(visitor: Visitor): Promise<void> {
  await composer(visitor).hover()
  await visitor.page.locator('form [data-attachments]').waitFor({ state: 'attached' })
}

/** The files above the field of the composer. */
export const attachments = ({ page, t }: Visitor): Locator =>
  page.locator('form').getByRole('list', { name: t('attach.label') })

/** Chooses files with the button. */
export async function attach({ page, the, t }: Visitor, files: Chosen[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await the('button', t('attach.add')).click()
  await (await chooser).setFiles(files)
}
