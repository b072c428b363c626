import type { Room, RoomInfo } from '@parlor/client'
import type { RoomRole } from '@parlor/client/permissions'
import { useAllTexts, useApp } from '../app-context.ts'
import { explain, useTask } from '../failure.ts'
import { Button } from '../ui/controls/button.tsx'
import { Dialog } from '../ui/overlays/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { basePath } from '../base-path.ts'

/** Ends the membership, which closing the page does not. */
export function LeaveDialog({
  room,
  access,
  role,
  onClose,
}: {
  room: Room
  access: RoomInfo['access']
  role: RoomRole
  onClose: () => void
}) {
  const { router } = useApp()
  const t = useAllTexts()
  const leave = useTask(async () => {
    await room.leave()
    router.go(basePath)
  })
  return (
    <Dialog
      title={t('leave.title')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="danger" busy={leave.busy} onClick={() => void leave.run()}>
            {t('leave.confirm')}
          </Button>
        </>
      }
    >
      {leave.failure && <Notice tone="danger">{explain(t, leave.failure.code)}</Notice>}
      <p>{t(consequence())}</p>
    </Dialog>
  )

  function consequence() {
    if (role === 'owner' || role === 'host') return 'leave.what_host'
    return access === 'public' ? 'leave.what_public' : 'leave.what'
  }
}
