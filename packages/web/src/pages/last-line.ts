import type { Translate } from '../texts/texts.ts'

/** The last message of a room. `text`: null when it was deleted, empty when it carries files alone. */
export type LastMessage = { sender: { name: string }; text: string | null }

/** What a list of rooms shows of the last message; null: nothing. */
export function lastLine(message: LastMessage | null | undefined, t: Translate): string | null {
  if (!message || message.text === null) return null
  const { sender, text } = message
  return text === '' ? t('landing.sent_files', { name: sender.name }) : t('landing.said', { name: sender.name, text })
}
