import { useAllTexts } from '../../../app-context.ts'
import type { Person } from '../../../ui/person/avatar.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useTask } from '../../../failure.ts'
import type { MemberAction } from './member-actions.ts'

/** An action that has to be confirmed, since it is not easily undone. */
export type Confirmation = { action: 'make_host' | 'remove' | 'ban' | 'send_out'; person: Person }

export const confirmationFor = (action: MemberAction, person: Person): Confirmation | null =>
  action === 'make_cohost' || action === 'make_member' ? null : { action, person }

export function ConfirmDialog({
  confirmation: { action, person },
  isAllowed,
  onConfirm,
  onClose,
}: {
  confirmation: Confirmation
  /** Whether it is still offered: roles may change while the question is open. */
  isAllowed: boolean
  onConfirm: () => Promise<void>
  onClose: () => void
}) {
  const t = useAllTexts()
  const confirm = useTask(async () => {
    await onConfirm()
    onClose()
  })
  return (
    <Dialog
      title={t(`member_action.${action}_title`, { name: person.name })}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button
            look={action === 'make_host' ? 'primary' : 'danger'}
            busy={confirm.busy}
            disabled={!isAllowed && !confirm.busy}
            onClick={() => void confirm.run()}
          >
            {t(`member_action.${action}`)}
          </Button>
        </>
      }
    >
      {!isAllowed && !confirm.busy && <Notice tone="warn">{t('error.forbidden')}</Notice>}
      <p>{t(`member_action.${action}_what`, { name: person.name })}</p>
    </Dialog>
  )
}
