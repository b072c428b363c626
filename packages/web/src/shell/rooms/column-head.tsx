import './column-head.css'
import { useTexts, useTextsOf } from '../../app-context.ts'
import { lens } from '../../palette/keys.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { columnTexts } from './column-texts.ts'

type Props = {
  /** What is typed in the field; null: there are so few rooms that there is no field. */
  typed: string | null
  onTyped: (typed: string) => void
  /** Enter: opens the first room that is shown. */
  onEnter: () => void
  /** Opens the form for a new room. */
  onCreate: () => void
}

/** Stays at the top of the column: the field that filters the rooms, or what the column is, and the way to a new room. */
export function ColumnHead({ typed, onTyped, onEnter, onCreate }: Props) {
  const t = useTexts()
  const own = useTextsOf(columnTexts)
  return (
    <div class="rooms-head">
      {typed === null ? (
        <span class="rooms-title" aria-hidden="true">
          {t('rail.rooms')}
        </span>
      ) : (
        <label class="rooms-filter">
          <Icon name={lens} />
          <input
            type="search"
            class="input"
            aria-label={own('filter')}
            placeholder={own('filter')}
            autocomplete="off"
            enterkeyhint="go"
            value={typed}
            onInput={(event) => onTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.isComposing) return
              if (event.key === 'Enter') onEnter()
              if (event.key !== 'Escape' || typed === '') return
              // Clears the field first; in the drawer the next one closes it.
              event.preventDefault()
              event.stopPropagation()
              onTyped('')
            }}
          />
        </label>
      )}
      <IconButton label={t('landing.create')} icon="M12 5v14M5 12h14" onClick={onCreate} />
    </div>
  )
}
