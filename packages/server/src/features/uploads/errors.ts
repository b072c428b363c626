import { defineErrors } from '../../core/error.ts'

/** Error codes of uploads. */
export const uploadErrors = defineErrors({
  quota_exceeded: { status: 413, text: 'There is no more room for files', retry: 'never' },
  file_not_ready: { status: 409, text: 'The file is not ready yet', retry: 'later', retry_after: 1 },
})
