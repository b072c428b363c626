import './tabs.css'
import { useRef } from 'preact/hooks'

type Props<Value extends string> = {
  label: string
  /** `shows`: the id of the element that the tab shows. */
  tabs: readonly { value: Value; label: string; shows: string }[]
  chosen: Value
  onChoose: (value: Value) => void
  /** Given to the tabs as ids, for what they show. */
  id: string
}

/** A row of tabs; arrow keys, Home and End choose another. In right-to-left text the arrows are mirrored. */
export function Tabs<Value extends string>({ label, tabs, chosen, onChoose, id }: Props<Value>) {
  const list = useRef<HTMLDivElement>(null)
  const at = tabs.findIndex(({ value }) => value === chosen)
  const choose = (index: number) => {
    const tab = tabs.at(index)
    if (!tab) return
    onChoose(tab.value)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]').item(tabs.indexOf(tab)).focus()
  }
  return (
    <div
      ref={list}
      class="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={({ key, currentTarget }) => {
        const [next, before] = isMirrored(currentTarget) ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft']
        if (key === next) choose((at + 1) % tabs.length)
        else if (key === before) choose(at - 1)
        else if (key === 'Home') choose(0)
        else if (key === 'End') choose(-1)
      }}
    >
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          class="tab"
          role="tab"
          id={`${id}-${tab.value}`}
          aria-selected={tab.value === chosen}
          aria-controls={tab.value === chosen ? tab.shows : undefined}
          tabIndex={tab.value === chosen ? 0 : -1}
          onClick={() => onChoose(tab.value)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  )
}

const isMirrored = (element: HTMLElement): boolean => getComputedStyle(element).direction === 'rtl'
