import './strips.css'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** What is told between head and stage: it pushes the stage and covers nothing (rule FR4). Toasts are shown below it. */
export function Strips({ children }: { children: ComponentChildren }) {
  const strips = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => (strips.current ? publishBottom(strips.current) : undefined), [])
  return (
    <div ref={strips} class="strips">
      {children}
    </div>
  )
}

/** Publishes the lower edge as `--strips-bottom` to the style sheets. Returns a function that stops it. */
function publishBottom(strips: HTMLElement): () => void {
  const { style } = document.documentElement
  const sizes = new ResizeObserver(() =>
    style.setProperty('--strips-bottom', `${strips.getBoundingClientRect().bottom}px`),
  )
  sizes.observe(strips)
  // The head above takes a second line where it has to.
  if (strips.previousElementSibling) sizes.observe(strips.previousElementSibling)
  return () => {
    sizes.disconnect()
    style.removeProperty('--strips-bottom')
  }
}
