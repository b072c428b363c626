import type { Bounds } from '../../core/contract.ts'

/** Bounds that clients know too: the SDK's `limits` is generated from them. */
export const messageBounds = {
  message_text: { value: 20_000, text: 'UTF-16 units in the text of a message.' },
  message_files: { value: 10, text: 'Files that one message carries.' },
  inline_bytes: {
    value: 1024 * 1024,
    text: 'Bytes of an image or recording that a live `message` event carries as base64; of a larger image a smaller copy.',
  },
  history_page: { value: 200, text: 'Messages in one page of history.' },
  files_page: { value: 100, text: 'Messages whose files one page of the files of a room holds.' },
} as const satisfies Bounds
