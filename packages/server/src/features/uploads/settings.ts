import { integer } from '../../config/kinds.ts'
import { setting, type ValuesOf } from '../../config/setting.ts'

const gib = 1024 ** 3
/** No setting lifts it: routes declare their bounds before there are settings. */
export const mostFileBytes = 64 * gib
const bytes = integer(1, 1024 * gib)

/** Settings of uploads. */
export const uploadSettings = {
  maxFileBytes: setting({
    env: 'MAX_FILE_BYTES',
    kind: integer(1, mostFileBytes),
    fallback: gib,
    help: 'Maximum size of a file, in bytes.',
  }),
  maxImageBytes: setting({
    env: 'MAX_IMAGE_BYTES',
    kind: integer(1, 256 * 1024 ** 2),
    fallback: 32 * 1024 ** 2,
    help: 'Maximum size of an image, in bytes. Images are held in memory while they are cleaned.',
  }),
  maxImagePixels: setting({
    env: 'MAX_IMAGE_PIXELS',
    kind: integer(1, 1_000_000_000),
    fallback: 50_000_000,
    help: 'Maximum pixels of an image; in an animation, of all frames together. While one is cleaned, a million of them may take 11 MB.',
  }),
  maxMediaSeconds: setting({
    env: 'MAX_MEDIA_SECONDS',
    kind: integer(1, 604_800),
    fallback: 21_600,
    help: 'Maximum duration of audio and video, in seconds.',
  }),
  fileQuotaBytes: setting({
    env: 'FILE_QUOTA_BYTES',
    kind: bytes,
    fallback: 5 * gib,
    help: 'Bytes of files that one account may have.',
  }),
  guestFileQuotaBytes: setting({
    env: 'GUEST_FILE_QUOTA_BYTES',
    kind: bytes,
    fallback: gib / 4,
    help: 'Bytes of files that one guest may have.',
  }),
  guestDiskFreeBytes: setting({
    env: 'GUEST_DISK_FREE_BYTES',
    kind: integer(0, 1024 * gib),
    fallback: 5 * gib,
    help: 'Bytes that files of guests leave free on the disk; of a small disk a quarter.',
  }),
  roomFileQuotaBytes: setting({
    env: 'ROOM_FILE_QUOTA_BYTES',
    kind: bytes,
    fallback: 50 * gib,
    help: 'Bytes of files that one room may have.',
  }),
} as const

export type UploadBounds = ValuesOf<typeof uploadSettings>
