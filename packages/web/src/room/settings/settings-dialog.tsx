import * as limits from '@parlor/client/limits'
import { setRoomPicture } from '@parlor/client/pictures'
import { may, type RoomRole } from '@parlor/client/permissions'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ground, others } from '../../activities/list.ts'
import { useAllTexts, useApp } from '../../app-context.ts'
import { explain, failureOf, useTask } from '../../failure.ts'
import { LargePicture } from '../../pictures/large-picture.tsx'
import { PictureField } from '../../pictures/picture-field.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { Choice, TextField } from '../../ui/controls/field.tsx'
import { Form } from '../../ui/controls/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { AccessSettings } from './access-settings.tsx'
import { type Changes, forWhomChanges, forWhomIn, type SettingsRoom } from './changes.ts'
import { CloseRoom } from './close-room.tsx'

type Props = { room: SettingsRoom; role: RoomRole; onClose: () => void }

/** The room's settings. Switches and numbers apply at once, texts when they are saved. */
export function SettingsDialog({ room, role, onClose }: Props) {
  const { session, toasts, texts } = useApp()
  const { language } = texts
  const t = useAllTexts()
  const isClosed = useRef(false)
  /** Shown as a toast when the dialog closes: a change saved by closing may fail before or after that. */
  const failed = useRef<string | null>(null)
  const sayFailed = () => failed.current && toasts.show({ text: explain(t, failed.current), failed: true })
  const change = useTask(async (changes: Changes) => {
    failed.current = null
    try {
      await session.parlor.call('rooms.update', { room_id: room.id, ...changes })
    } catch (thrown) {
      failed.current = failureOf(thrown).code
      if (isClosed.current) sayFailed()
      throw thrown
    }
    toasts.show({ text: t('settings.saved') })
  })
  useEffect(
    () => () => {
      isClosed.current = true
      sayFailed()
    },
    [],
  )
  const { settings } = room
  // Without an invitation nobody can ask to join, and an invitation skips the waiting room.
  const isByInvite = room.access === 'invite'
  return (
    <Dialog title={t('settings.title')} onClose={onClose}>
      {change.failure && <Notice tone="danger">{explain(t, change.failure.code)}</Notice>}
      <PictureField
        subject="room"
        has={room.picture_url !== null}
        onPicture={(picture) => setRoomPicture(session.parlor, room.id, picture)}
        onRemove={async () => void (await session.parlor.call('pictures.removeOfRoom', { room_id: room.id }))}
      >
        <LargePicture subject="room" id={room.id} name={room.name} url={room.picture_url} />
      </PictureField>
      <NameField name={room.name} busy={change.busy} onName={(name) => void change.run({ name })} />
      {may(role, 'privacy') && (
        <AccessSettings room={room} busy={change.busy} onChange={(changes) => void change.run(changes)} />
      )}
      <section>
        <h3>{t('settings.door')}</h3>
        <Switch
          label={t('settings.locked')}
          hint={t('settings.locked_hint')}
          checked={settings.locked}
          disabled={change.busy}
          onChecked={(locked) => void change.run({ settings: { locked } })}
        />
        <Switch
          label={t('settings.waiting')}
          hint={t(isByInvite ? 'settings.waiting_invite' : 'settings.waiting_hint')}
          checked={settings.waiting}
          disabled={change.busy || (isByInvite && !settings.waiting)}
          onChecked={(waiting) => void change.run({ settings: { waiting } })}
        />
        <CapacityField
          capacity={settings.capacity ?? null}
          busy={change.busy}
          onCapacity={(capacity) => void change.run({ settings: { capacity } })}
        />
      </section>
      {[ground, ...others].map(
        ({ option }) =>
          option && (
            <section key={option.name}>
              <Choice
                label={option.label[language]}
                value={forWhomIn(room, option.name)}
                options={forWhom.map((value) => ({ value, label: t(`settings.for_${value}`) }))}
                onValue={(value) => void change.run(forWhomChanges(option.name, value))}
              />
            </section>
          ),
      )}
      {may(role, 'close') && <CloseRoom room_id={room.id} />}
    </Dialog>
  )
}

const forWhom = ['everyone', 'host', 'off'] as const

function NameField({ name, busy, onName }: { name: string; busy: boolean; onName: (name: string) => void }) {
  const t = useAllTexts()
  const [value, setValue] = useState(name)
  const isNew = value.trim() !== name && value.trim() !== ''
  return (
    <Form onSubmit={() => isNew && onName(value.trim())}>
      <TextField
        label={t('settings.name')}
        value={value}
        onValue={setValue}
        maxLength={limits.room_name}
        name="room"
        autocomplete="off"
        error={value.trim() === '' ? t('landing.room_name_missing') : undefined}
        end={
          isNew && (
            <Button type="submit" busy={busy}>
              {t('ui.save')}
            </Button>
          )
        }
      />
    </Form>
  )
}

function CapacityField({
  capacity,
  busy,
  onCapacity,
}: {
  capacity: number | null
  busy: boolean
  onCapacity: (capacity: number | null) => void
}) {
  const t = useAllTexts()
  const [value, setValue] = useState(capacity === null ? '' : String(capacity))
  const wanted = value.trim() === '' ? null : Number(value)
  const isGood = wanted === null || (Number.isInteger(wanted) && wanted >= 1 && wanted <= 1_000_000)
  const save = () => {
    if (isGood && wanted !== capacity) onCapacity(wanted)
  }
  return (
    <Form onSubmit={save}>
      <TextField
        label={t('settings.capacity')}
        hint={t('settings.capacity_hint')}
        type="number"
        min={1}
        max={1_000_000}
        value={value}
        onValue={setValue}
        onBlur={save}
        error={isGood ? undefined : t('settings.capacity_bad')}
        end={
          isGood &&
          wanted !== capacity && (
            <Button type="submit" busy={busy}>
              {t('ui.save')}
            </Button>
          )
        }
      />
    </Form>
  )
}
