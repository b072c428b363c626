import './strip.css'
import { useTexts } from '../../app-context.ts'
import type { Translate } from '../../texts/texts.ts'
import { Icon } from '../../ui/icon.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type { ConnectionStatus, ConnectionNotice } from './connection-notice.ts'
import { useSecondsUntil, useConnectionNotice } from './use-connection-notice.ts'

/** Tells of an interrupted connection, between head and stage (rule FR4). */
export function ConnectionStrip({ status }: { status: ConnectionStatus }) {
  const t = useTexts()
  const notice = useConnectionNotice(status)
  const seconds = useSecondsUntil(notice?.kind === 'reconnecting' ? notice.retry_at : null)
  return (
    <>
      <div class="visually-hidden" role="status">
        {notice && textOf(notice, null, t)}
      </div>
      {notice && (
        <div class="strip" data-connection={notice.kind} aria-hidden="true">
          <Sign kind={notice.kind} />
          <span class="numbers">{textOf(notice, seconds, t)}</span>
        </div>
      )}
    </>
  )
}

function Sign({ kind }: { kind: ConnectionNotice['kind'] }) {
  if (kind === 'offline') return <Icon name="offline" />
  if (kind === 'back') return <Icon name="check" />
  return <Spinner />
}

function textOf(notice: ConnectionNotice, seconds: number | null, t: Translate): string {
  switch (notice.kind) {
    case 'connecting':
    case 'catching_up':
    case 'back':
      return t(`connection.${notice.kind}`)
    case 'reconnecting': {
      const when = seconds === null ? t('connection.reconnecting') : t('connection.reconnecting_in', { count: seconds })
      return withQueued(when, notice.queued, t)
    }
    case 'offline':
      return withQueued(t('connection.offline'), notice.queued, t)
  }
}

const withQueued = (text: string, queued: number, t: Translate): string =>
  queued === 0 ? text : `${text} ${t('connection.queued', { count: queued })}`
