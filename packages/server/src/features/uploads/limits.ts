import { defineRates } from '../../core/rate.ts'

export const uploadRates = defineRates({
  upload: { burst: 60, perSecond: 1, by: 'caller', help: 'files that are sent, and resumable uploads that begin' },
  upload_part: { burst: 200, perSecond: 10, by: 'caller', help: 'asking for and continuing resumable uploads' },
  file: { burst: 600, perSecond: 100, by: 'caller', help: 'reading files and their smaller copies' },
})
