import type { ComponentChildren } from 'preact'

/** Fields that are sent together. If one of them is refused, the first such takes the focus. */
export function Form({ onSubmit, children }: { onSubmit: () => void; children: ComponentChildren }) {
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const form = event.currentTarget
        onSubmit()
        // By the next frame the fields say what is wrong with them.
        requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
      }}
    >
      {children}
    </form>
  )
}
