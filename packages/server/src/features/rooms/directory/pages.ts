import { AppError } from '../../../core/error.ts'
import { cursorOf } from './store.ts'
import type { DirectoryPage, ListPage } from '../store.ts'
import { pageSize } from '../views.ts'

/** A page as a client asks for it. */
export type Page = { cursor?: string | null | undefined; limit?: number | null | undefined }

/** Throws `validation_error` for a cursor of another list. */
export function listPage({ cursor, limit }: Page): ListPage {
  if (cursor == null) return { before: null, limit: pageSize(limit) }
  if (/^\d{1,15}$/.test(cursor)) return { before: Number(cursor), limit: pageSize(limit) }
  throw notACursor()
}

/** Throws `validation_error` for a cursor of another list. */
export function directoryPage({ cursor, limit }: Page): Omit<DirectoryPage, 'key'> {
  const before = cursor == null ? null : cursorOf(cursor)
  if (cursor != null && before === null) throw notACursor()
  return { before, limit: pageSize(limit) }
}

const notACursor = (): AppError =>
  new AppError('validation_error', { details: { errors: { cursor: 'This cursor does not belong to this list' } } })
