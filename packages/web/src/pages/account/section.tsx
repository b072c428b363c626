import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/** A section of the account page: title and hint on one side, controls on the other. */
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
