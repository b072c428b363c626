/** Files of messages. */
export const files = {
  'file.download': 'Download',
  'file.unplayable': 'This browser can’t play it. Download it to open it in another app.',
  'file.gone': 'Can’t be shown. It may have been removed, or its link has expired: reload the page to get a new one.',
} as const
