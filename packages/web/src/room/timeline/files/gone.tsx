import { useAllTexts } from '../../../app-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import type { FreshFile } from './use-fresh-file.ts'

/** In place of a file that was removed, or that cannot be asked for now. */
export function Gone({ of: { failed, file, renew } }: { of: FreshFile }) {
  const t = useAllTexts()
  return (
    <div
      class="file-gone"
      // In the place of a small picture it scrolls, by keyboard too.
      tabIndex={0}
    >
      <b dir="auto">{file.name}</b> {t(failed === 'gone' ? 'file.gone' : 'file.not_loaded')}
      {failed === 'unknown' && (
        <Button look="quiet" onClick={() => void renew()}>
          {t('ui.retry')}
        </Button>
      )}
    </div>
  )
}
