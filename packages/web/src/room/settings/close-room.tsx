import './close-room.css'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Closes the room for everyone, after one confirmation in place. */
export function CloseRoom({ room_id }: { room_id: string }) {
  const { session } = useApp()
  const t = useAllTexts()
  const [asked, setAsked] = useState(false)
  const close = useTask(async () => {
    await session.parlor.call('rooms.close', { room_id })
  })
  return (
    <section class="close-room">
      <h3>{t('settings.close')}</h3>
      <p class="soft small">{t('settings.close_what')}</p>
      {close.failure && <Notice tone="danger">{explain(t, close.failure.code)}</Notice>}
      {asked ? (
        <div class="row">
          <Button look="danger" busy={close.busy} onClick={() => void close.run()}>
            {t('settings.close_confirm')}
          </Button>
          <Button onClick={() => setAsked(false)}>{t('ui.cancel')}</Button>
        </div>
      ) : (
        <Button look="quiet-danger" onClick={() => setAsked(true)}>
          {t('settings.close')}
        </Button>
      )}
    </section>
  )
}
