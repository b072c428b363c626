import { useTexts } from '../../../app-context.ts'
import type { Person } from '../../../ui/person/avatar.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { useTask } from '../../../failure.ts'
import type { Deed } from './member-actions.ts'

/** What is asked about before it is done, for it cannot be undone as easily. */
export type Ask = { deed: 'make_host' | 'remove' | 'ban' | 'send_out'; person: Person }

export const askOf = (deed: Deed, person: Person): Ask | null =>
  deed === 'make_cohost' || deed === 'make_member' ? null : { deed, person }

export function ConfirmDialog({
  ask: { deed, person },
  onConfirm,
  onClose,
}: {
  ask: Ask
  onConfirm: () => Promise<void>
  onClose: () => void
}) {
  const t = useTexts()
  const confirm = useTask(async () => {
    await onConfirm()
    onClose()
  })
  return (
    <Dialog
      title={t(`deed.${deed}_title`, { name: person.name })}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button
            look={deed === 'make_host' ? 'primary' : 'danger'}
            busy={confirm.busy}
            onClick={() => void confirm.run()}
          >
            {t(`deed.${deed}`)}
          </Button>
        </>
      }
    >
      <p>{t(`deed.${deed}_what`)}</p>
    </Dialog>
  )
}
