import './choose-group.css'
import type { FeedRoom } from '@parlor/client/feed'
import * as limits from '@parlor/client/limits'
import { useState } from 'preact/hooks'
import { useApp, useTextsOf } from '../../app-context.ts'
import { Button } from '../../ui/controls/button.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { useStore } from '../../use-store.ts'
import { menuTexts } from './menu-texts.ts'
import { groupsIn } from './sections.ts'

type Props = { room: FeedRoom; onClose: () => void; onChoose: (group: string | null) => void }

/** Puts a room into one of the user's groups, a new one, or none. */
export function ChooseGroup({ room, onClose, onChoose }: Props) {
  const { session } = useApp()
  const t = useTextsOf(menuTexts)
  const { items } = useStore(session.feed())
  const [name, setName] = useState('')
  const [missing, setMissing] = useState(false)
  const options = [...groupsIn(items), null]
  return (
    <Dialog title={t('group_title', { name: room.name })} onClose={onClose}>
      <ul class="group-options">
        {options.map((group) => (
          <li key={group ?? ''}>
            <button
              type="button"
              class="group-option"
              aria-pressed={group === room.group}
              onClick={() => onChoose(group)}
            >
              <span class="one-line" dir="auto">
                {group ?? t('no_group')}
              </span>
              {group === room.group && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
      <form
        class="group-new"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() === '') setMissing(true)
          else onChoose(name.trim())
        }}
      >
        <TextField
          label={t('new_group')}
          value={name}
          onValue={(value) => {
            setName(value)
            setMissing(false)
          }}
          error={missing ? t('group_missing') : undefined}
          maxLength={limits.room_group}
          autocomplete="off"
          end={
            <Button type="submit" look="primary">
              {t('create_group')}
            </Button>
          }
        />
      </form>
    </Dialog>
  )
}
