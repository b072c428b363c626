import './sessions.css'
import { useEffect, useState } from 'preact/hooks'
import { useAllTexts, useApp, useDates } from '../../app-context.ts'
import { explain, useTask } from '../../failure.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { deviceOf } from './device.ts'

type Row = { id: string; created_at: string; last_seen_at: string; user_agent: string | null; current: boolean }

/** The user's sessions, this device first; all others can be ended here. */
export function Sessions() {
  const { session, toasts } = useApp()
  const t = useAllTexts()
  const [rows, setRows] = useState<readonly Row[] | null>(null)
  const load = useTask(async () => {
    const { items } = await session.parlor.auth.sessions()
    setRows(items.toSorted((a, b) => Number(b.current) - Number(a.current)))
  })
  const end = useTask(async (which: Row | 'others') => {
    if (which === 'others') await session.parlor.auth.revokeOthers()
    else await session.parlor.auth.revokeSession({ id: which.id })
    setRows((before) => before?.filter((row) => row.current || (which !== 'others' && row.id !== which.id)) ?? null)
    toasts.show({ text: t('account.revoked') })
  })
  useEffect(() => void load.run(), [])
  const failure = load.failure ?? end.failure
  return (
    <>
      {!rows && load.busy && <Spinner label={t('app.loading')} />}
      {failure && (
        <Notice tone="danger">
          <p>{explain(t, failure.code)}</p>
          {load.failure && (
            <Button look="quiet" onClick={() => void load.run()}>
              {t('ui.retry')}
            </Button>
          )}
        </Notice>
      )}
      {rows && (
        <ul class="sessions">
          {rows.map((row) => (
            <SessionLine key={row.id} row={row} onEnd={() => void end.run(row)} />
          ))}
        </ul>
      )}
      {rows && rows.length > 2 && (
        <div>
          <Button busy={end.busy} onClick={() => void end.run('others')}>
            {t('account.revoke_others')}
          </Button>
        </div>
      )}
    </>
  )
}

function SessionLine({ row, onEnd }: { row: Row; onEnd: () => void }) {
  const t = useAllTexts()
  const { ago, full } = useDates()
  const device = deviceOf(row.user_agent)
  const name = device ? t('account.browser_on', device) : t('account.unknown_device')
  return (
    <li>
      <div>
        <p>{name}</p>
        {row.current && <Badge tone="ok">{t('account.this_device')}</Badge>}
        <p class="soft small">
          <span title={full(row.created_at)}>{t('account.since', { when: ago(row.created_at) })}</span>
          {!row.current && <> · {t('account.seen', { when: ago(row.last_seen_at) })}</>}
        </p>
      </div>
      {!row.current && (
        <Button look="quiet-danger" aria-label={t('account.revoke_named', { device: name })} onClick={onEnd}>
          {t('account.revoke')}
        </Button>
      )}
    </li>
  )
}
