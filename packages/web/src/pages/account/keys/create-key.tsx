import * as limits from '@parlor/client/limits'
import { useEffect, useState } from 'preact/hooks'
import { useAllTexts, useApp } from '../../../app-context.ts'
import { explain, useTask } from '../../../failure.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Checks } from '../../../ui/controls/checks.tsx'
import { Choice, TextField } from '../../../ui/controls/field.tsx'
import { Form } from '../../../ui/controls/form.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Spinner } from '../../../ui/spinner.tsx'
import { type Key, type Lifetime, lifetimeNames, lifetimes, type Offered, offered, offeredToAdmins } from './scopes.ts'
import { MadeKey } from './made-key.tsx'

type Room = { id: string; name: string }
type Props = { isAdmin: boolean; onMade: (key: Key) => void; onClose: () => void }

/** Asks for what a key may do, and then shows it, this once. */
export function CreateKeyDialog({ isAdmin, onMade, onClose }: Props) {
  const t = useAllTexts()
  const [secret, setSecret] = useState<string | null>(null)
  return (
    <Dialog title={t(secret === null ? 'keys.create_title' : 'keys.made_title')} onClose={onClose}>
      {secret === null ? (
        <KeyForm
          isAdmin={isAdmin}
          onMade={({ key, ...made }) => {
            onMade(made)
            setSecret(key)
          }}
          onClose={onClose}
        />
      ) : (
        <MadeKey secret={secret} onClose={onClose} />
      )}
    </Dialog>
  )
}

function KeyForm({
  isAdmin,
  onMade,
  onClose,
}: Omit<Props, 'onMade'> & { onMade: (key: Key & { key: string }) => void }) {
  const { session } = useApp()
  const t = useAllTexts()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Offered[]>([])
  const [where, setWhere] = useState<'all' | 'some'>('all')
  const [room_ids, setRooms] = useState<readonly string[]>([])
  const [lifetime, setLifetime] = useState<Lifetime>('quarter')
  const [tried, setTried] = useState(false)
  const isUnnamed = name.trim() === ''
  const lacksRooms = where === 'some' && room_ids.length === 0
  const task = useTask(async () => {
    const rooms = where === 'some' ? { room_ids } : {}
    onMade(await session.parlor.auth.createKey({ name, scopes, ...rooms, expires_in: lifetimes[lifetime] }))
  })
  return (
    <Form
      onSubmit={() => {
        setTried(true)
        if (!isUnnamed && scopes.length > 0 && !lacksRooms) void task.run()
      }}
    >
      {task.failure && <Notice tone="danger">{explain(t, task.failure.code)}</Notice>}
      <TextField
        label={t('keys.name')}
        hint={t('keys.name_hint')}
        error={tried && isUnnamed ? t('keys.name_missing') : undefined}
        value={name}
        onValue={setName}
        autocomplete="off"
        maxLength={limits.key_name}
      />
      <Checks
        label={t('keys.scopes')}
        error={tried && scopes.length === 0 ? t('keys.scopes_missing') : undefined}
        options={[...offered, ...(isAdmin ? offeredToAdmins : [])].map((value) => ({
          value,
          label: t(`keys.${value}`),
        }))}
        checked={scopes}
        onChecked={setScopes}
      />
      <Choice
        label={t('keys.where')}
        value={where}
        options={(['all', 'some'] as const).map((value) => ({ value, label: t(`keys.where_${value}`) }))}
        onValue={setWhere}
      />
      {where === 'some' && (
        <OwnRooms
          error={tried && lacksRooms ? t('keys.rooms_missing') : undefined}
          checked={room_ids}
          onChecked={setRooms}
        />
      )}
      <Select
        label={t('keys.lifetime')}
        value={lifetime}
        options={lifetimeNames.map((value) => ({ value, label: t(`keys.lifetime_${value}`) }))}
        onValue={setLifetime}
      />
      <div class="row end">
        <Button onClick={onClose}>{t('ui.cancel')}</Button>
        <Button type="submit" look="primary" busy={task.busy}>
          {t('keys.create')}
        </Button>
      </div>
    </Form>
  )
}

type OwnRoomsProps = {
  error: string | undefined
  checked: readonly string[]
  onChecked: (room_ids: readonly string[]) => void
}

/** The rooms of the user that were active last, to choose from. */
function OwnRooms({ error, checked, onChecked }: OwnRoomsProps) {
  const { session } = useApp()
  const t = useAllTexts()
  const [rooms, setRooms] = useState<readonly Room[] | null>(null)
  const load = useTask(async () => setRooms((await session.parlor.call('feed.rooms', { limit: limits.page })).items))
  useEffect(() => void load.run(), [])
  if (load.failure) return <Notice tone="danger">{explain(t, load.failure.code)}</Notice>
  if (!rooms) return <Spinner label={t('app.loading')} />
  if (rooms.length === 0) return <p class="soft">{t('keys.rooms_none')}</p>
  return (
    <Checks
      label={t('keys.rooms')}
      error={error}
      options={rooms.map(({ id, name }) => ({ value: id, label: name }))}
      checked={checked}
      onChecked={(room_ids) => onChecked(room_ids.slice(0, limits.key_rooms))}
      scrolls
    />
  )
}
