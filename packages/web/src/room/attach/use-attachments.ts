import type { Room } from '@parlor/client'
import { useEffect } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { useStore } from '../../use-store.ts'
import { type Attachment, type Attachments, attachmentsIn } from './attachments.ts'

/** The files on their way into messages of this room. */
export function useAttachments(room: Room, user_id: string): { attachments: Attachments; list: readonly Attachment[] } {
  const { parlor } = useApp().session
  const attachments = attachmentsIn(parlor, room.id, user_id)
  useEffect(() => attachments.follow(room), [attachments, room])
  return { attachments, list: useStore(attachments.list) }
}
