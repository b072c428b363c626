import './tabs.css'
import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

type Props<Value extends string> = {
  label: string
  tabs: readonly { value: Value; label: string }[]
  chosen: Value
  onChoose: (value: Value) => void
  /** What the chosen one shows. */
  children: ComponentChildren
}

/** Tabs over what they show; arrow keys, Home and End choose another. */
export function Tabs<Value extends string>({ label, tabs, chosen, onChoose, children }: Props<Value>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const at = tabs.findIndex(({ value }) => value === chosen)
  const choose = (index: number) => {
    const tab = tabs.at(index)
    if (!tab) return
    onChoose(tab.value)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]').item(tabs.indexOf(tab)).focus()
  }
  return (
    <>
      <div
        ref={list}
        class="tabs"
        role="tablist"
        aria-label={label}
        onKeyDown={({ key }) => {
          if (key === 'ArrowRight') choose((at + 1) % tabs.length)
          else if (key === 'ArrowLeft') choose(at - 1)
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
            aria-controls={`${id}-shown`}
            tabIndex={tab.value === chosen ? 0 : -1}
            onClick={() => onChoose(tab.value)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-shown`} class="tab-panel" role="tabpanel" aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  )
}
