import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/** A part of the account page: what it is about on one side, what there is to do on the other. */
export function Section({ title, hint, children }: { title: string; hint?: string; children: ComponentChildren }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {hint !== undefined && <p class="soft small">{hint}</p>}
      </div>
      <div class="fields">{children}</div>
    </section>
  )
}
