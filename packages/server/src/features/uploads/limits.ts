import { defineRates } from '../../core/rate.ts'

const gib = 1024 ** 3

export const uploadRates = defineRates({
  upload: { burst: 60, perSecond: 1, by: 'caller', help: 'files that are sent, and resumable uploads that begin' },
  upload_part: { burst: 200, perSecond: 10, by: 'caller', help: 'asking for and continuing resumable uploads' },
  guest_file_bytes: {
    ...{ burst: 8 * gib, perSecond: (8 * gib) / 86_400, by: 'address', unit: 'bytes' },
    help: 'bytes of files that guests, and accounts younger than a day, send from one address',
  },
  file: { burst: 600, perSecond: 100, by: 'caller', help: 'reading files and their smaller copies' },
})
