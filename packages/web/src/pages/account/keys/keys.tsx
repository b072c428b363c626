import './keys.css'
import { useEffect, useState } from 'preact/hooks'
import { useAllTexts, useApp, useDates } from '../../../app-context.ts'
import { explain, useTask } from '../../../failure.ts'
import type { Me } from '../../../session.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Spinner } from '../../../ui/spinner.tsx'
import { CreateKeyDialog } from './create-key.tsx'
import { isOffered, type Key } from './scopes.ts'

/** The user's API keys: a new one, and revoking one. */
export function Keys({ me }: { me: Me }) {
  const { session } = useApp()
  const t = useAllTexts()
  const [keys, setKeys] = useState<readonly Key[] | null>(null)
  const [opened, setOpened] = useState<'create' | Key | null>(null)
  const load = useTask(async () => setKeys((await session.parlor.auth.keys()).items))
  useEffect(() => void load.run(), [])
  return (
    <>
      {!keys && load.busy && <Spinner label={t('app.loading')} />}
      {load.failure && (
        <Notice tone="danger">
          <p>{explain(t, load.failure.code)}</p>
          <Button look="quiet" onClick={() => void load.run()}>
            {t('ui.retry')}
          </Button>
        </Notice>
      )}
      {keys && keys.length > 0 && (
        <ul class="keys">
          {keys.map((key) => (
            <KeyLine key={key.id} apiKey={key} onRevoke={() => setOpened(key)} />
          ))}
        </ul>
      )}
      {keys && (
        <div>
          <Button onClick={() => setOpened('create')}>{t('keys.create')}</Button>
        </div>
      )}
      {opened === 'create' && (
        <CreateKeyDialog
          isAdmin={me.admin}
          onMade={(made) => setKeys((before) => [made, ...(before ?? [])])}
          onClose={() => setOpened(null)}
        />
      )}
      {opened !== null && opened !== 'create' && (
        <RevokeDialog
          apiKey={opened}
          onRevoked={() => setKeys((before) => before?.filter(({ id }) => id !== opened.id) ?? null)}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  )
}

function KeyLine({ apiKey, onRevoke }: { apiKey: Key; onRevoke: () => void }) {
  const t = useAllTexts()
  const { ago, full } = useDates()
  const { name, prefix, scopes, room_ids, last_used_at, expires_at } = apiKey
  const hasExpired = expires_at !== null && Date.parse(expires_at) <= Date.now()
  return (
    <li>
      <div class="key-about">
        <p class="key-name">{name}</p>
        {hasExpired && <Badge>{t('keys.expired')}</Badge>}
        <p class="soft small">
          <code>{prefix}…</code> · {scopes.map((scope) => (isOffered(scope) ? t(`keys.${scope}`) : scope)).join(', ')}
          {room_ids && <> · {t('keys.in_rooms', { count: room_ids.length })}</>}
        </p>
        <p class="soft small">
          {last_used_at === null ? t('keys.unused') : t('keys.last_used', { when: ago(last_used_at) })}
          {!hasExpired && (
            <> · {expires_at === null ? t('keys.no_end') : t('keys.until', { when: full(expires_at) })}</>
          )}
        </p>
      </div>
      <Button look="quiet-danger" aria-label={t('keys.revoke_named', { name })} onClick={onRevoke}>
        {t('keys.revoke')}
      </Button>
    </li>
  )
}

type RevokeProps = { apiKey: Key; onRevoked: () => void; onClose: () => void }

function RevokeDialog({ apiKey: { id, name }, onRevoked, onClose }: RevokeProps) {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const task = useTask(async () => {
    await session.parlor.auth.revokeKey({ id })
    onRevoked()
    toasts.show({ text: t('keys.revoked') })
    onClose()
  })
  return (
    <Dialog
      title={t('keys.revoke_title', { name })}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="danger" busy={task.busy} onClick={() => void task.run()}>
            {t('keys.revoke')}
          </Button>
        </>
      }
    >
      {task.failure && <Notice tone="danger">{explain(t, task.failure.code)}</Notice>}
      <p>{t('keys.revoke_what')}</p>
    </Dialog>
  )
}
