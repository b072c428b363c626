import './palette.css'
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { useTexts, useTextsOf } from '../app-context.ts'
import { Icon } from '../ui/icon.tsx'
import { useModal } from '../ui/overlays/use-modal.ts'
import { IconButton } from '../ui/controls/button.tsx'
import { RoomTile } from '../ui/room-tile.tsx'
import { type Entry, groupsFor } from './entries.ts'
import { paletteTexts } from './palette-texts.ts'
import { useEntries } from './use-entries.ts'
import { KeyHint } from './key-hint.tsx'
import { lens } from './keys.ts'

/**
 * Finds rooms, people and actions while one types (rule SH6): a combobox whose list is always open. The focus stays in the
 * field; arrow keys move the active entry, Enter chooses it.
 */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTextsOf(paletteTexts)
  const common = useTexts()
  const id = useId()
  const dialog = useModal(onClose)
  const [typed, setTyped] = useState('')
  const { entries, recent, remember, busy } = useEntries(typed)
  const groups = useMemo(() => groupsFor(typed, entries, recent), [typed, entries, recent])
  const shown = groups.flatMap(({ entries: some }) => some)
  const [wanted, setWanted] = useState<string | null>(null)
  const active = shown.find((entry) => entry.id === wanted) ?? shown[0]
  const list = useRef<HTMLDivElement>(null)
  const optionId = (entry: Entry) => `${id}-${shown.indexOf(entry)}`

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active?.id])

  function choose(entry: Entry): void {
    remember(entry)
    onClose()
    // After the dialog has given the focus back, which would take it from the page that is opened.
    queueMicrotask(entry.run)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') event.stopPropagation()
    if (event.isComposing) return
    const at = active ? shown.indexOf(active) : -1
    const moved = {
      ArrowDown: shown[(at + 1) % shown.length],
      ArrowUp: shown.at(at <= 0 ? -1 : at - 1),
      PageDown: shown[Math.min(at + 8, shown.length - 1)],
      PageUp: shown[Math.max(at - 8, 0)],
    }[event.key]
    if (moved && !event.altKey) {
      event.preventDefault()
      setWanted(moved.id)
    } else if (event.key === 'Enter' && active) {
      event.preventDefault()
      choose(active)
    }
  }

  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={t('title')}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div class="palette-body">
        <div class="palette-line">
          <Icon name={lens} />
          <input
            class="palette-field"
            type="text"
            role="combobox"
            aria-label={t('field')}
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={active ? optionId(active) : undefined}
            placeholder={t('field')}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="go"
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value)
              setWanted(null)
            }}
          />
          <IconButton label={common('ui.close')} icon="close" onClick={onClose} />
        </div>
        <div ref={list} id={`${id}-list`} class="palette-list" role="listbox" aria-label={t('title')}>
          {groups.map(({ kind, entries: some }) => (
            <div key={kind} role="group" aria-labelledby={`${id}-${kind}`}>
              <div id={`${id}-${kind}`} class="palette-group" role="presentation">
                {t(kind)}
              </div>
              {some.map((entry) => (
                <div
                  key={entry.id}
                  id={optionId(entry)}
                  class="palette-entry"
                  role="option"
                  aria-selected={entry === active}
                  aria-keyshortcuts={entry.keys}
                  onPointerMove={() => entry !== active && setWanted(entry.id)}
                  onClick={() => choose(entry)}
                >
                  {entry.room ? (
                    <RoomTile room={entry.room} size="s" />
                  ) : (
                    <span class="palette-icon">
                      <Icon name={entry.icon} />
                    </span>
                  )}
                  <span class="palette-label one-line">{entry.label}</span>
                  {entry.hint !== undefined && <span class="palette-hint one-line">{entry.hint}</span>}
                  {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
                </div>
              ))}
            </div>
          ))}
        </div>
        <p class="palette-none" role="status">
          {shown.length > 0 ? '' : busy ? common('app.loading') : t('none', { typed: typed.trim() })}
        </p>
      </div>
    </dialog>
  )
}
