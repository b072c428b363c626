import './room-link.css'
import { may, type RoomRole } from '@parlor/client/permissions'
import { useRef, useState } from 'preact/hooks'
import { useApp, useTexts } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { roomPath } from '../../router.ts'
import { Button } from '../../ui/controls/button.tsx'
import { inviteToShow } from '../invite/invite-to-show.ts'

type Room = { id: string; access: 'public' | 'password' | 'invite' }

/**
 * The link of the room and a button that copies it. Where only an invite link lets in, one is looked up or made when the
 * button is pressed: to look at a room makes none.
 */
export function RoomLink({ room, role }: { room: Room; role: RoomRole }) {
  const { session, toasts } = useApp()
  const t = useTexts()
  const shown = useRef<HTMLSpanElement>(null)
  const needsInvite = room.access !== 'public' && may(role, 'invite')
  const [url, setUrl] = useState(needsInvite ? null : absolute(roomPath(room.id)))
  const copy = useTask(async () => {
    const link = url ?? absolute((await inviteToShow(session.parlor, room.id, Date.now())).url)
    setUrl(link)
    const isCopied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    )
    // Not permitted, or the page is not served over HTTPS: it is selected for the user to copy.
    if (!isCopied && shown.current) getSelection()?.selectAllChildren(shown.current)
    toasts.show({ text: t(isCopied ? 'invite.copied' : 'invite.copy_by_hand') })
  })
  return (
    <>
      <div class="room-link" data-hidden={url === null || undefined}>
        <span ref={shown} class="room-link-url one-line" dir="ltr">
          {url}
        </span>
        <Button look="primary" busy={copy.busy} onClick={() => void copy.run()}>
          {t('invite.copy')}
        </Button>
      </div>
      {copy.failure && (
        <p class="small" role="alert">
          {explain(t, copy.failure.code)}
        </p>
      )}
    </>
  )
}

const absolute = (path: string): string => new URL(path, location.origin).href
