import type { Locator } from 'playwright-core'
import type { Visitor } from './visitor.ts'

/** Chooses an image for a person or a room, and waits until it can be cropped. */
export async function choosePicture(visitor: Visitor, buffer: Buffer, name = 'a.png'): Promise<void> {
  const { page, the, t } = visitor
  await the('group', t('picture.title')).waitFor()
  await page.locator('.picture-field input[type=file]').first().setInputFiles({ name, mimeType: 'image/png', buffer })
  await square(visitor).locator('img').waitFor()
}

export const cropDialog = ({ the, t }: Visitor): Locator => the('dialog', t('picture.crop'))
export const square = ({ the, t }: Visitor): Locator => the('application', t('picture.part'))

export async function savePicture(visitor: Visitor): Promise<void> {
  const { page, t } = visitor
  await cropDialog(visitor)
    .getByRole('button', { name: t('ui.save') })
    .click()
  await page.getByText(t('picture.saved')).first().waitFor()
  await cropDialog(visitor).waitFor({ state: 'detached' })
}
