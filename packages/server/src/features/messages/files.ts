import { z } from 'zod'
import { storedObject } from '../../core/stored.ts'

/** Which files of a room are listed together. */
export const filesKinds = ['media', 'audio', 'file'] as const
export type FilesKind = (typeof filesKinds)[number]

/** The list in which a file of this kind stands. */
export const listOf = (kind: unknown): FilesKind =>
  kind === 'image' || kind === 'video' ? 'media' : kind === 'audio' ? 'audio' : 'file'

/** The lists in which files of a message stand, from its stored body. */
export function listsIn(files: unknown): FilesKind[] {
  if (!Array.isArray(files)) return []
  return [...new Set(files.map((file: unknown) => listOf(kindOf(file))))]
}

const kindOf = (file: unknown): unknown =>
  typeof file === 'object' && file !== null && 'kind' in file ? file.kind : undefined

const carrying = z.object({
  id: z.string(),
  seq: z.int(),
  sender: z.looseObject({}),
  created_at: z.string(),
  files: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
})

/** A file as the list shows it; of `file` only what is asked for here is known. */
export type ListedFile = Omit<z.infer<typeof carrying>, 'id' | 'files'> & {
  message_id: string
  file: { id: string }
}

/** The files of a list that a message carries, from its text on the wire; none if it carries none. */
export function listedIn(json: string, list: FilesKind): ListedFile[] {
  const { success, data } = carrying.safeParse(storedObject(json))
  if (!success) return []
  const { id: message_id, files, ...rest } = data
  return files.filter(({ kind }) => listOf(kind) === list).map((file) => ({ message_id, ...rest, file }))
}
