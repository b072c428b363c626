import './room-files.css'
import type { Room } from '@parlor/client'
import { useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { explain } from '../../failure.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { FileList, MediaGrid } from './file-lists.tsx'
import { type FilesKind, useRoomFiles } from './use-room-files.ts'

const kinds: readonly FilesKind[] = ['media', 'audio', 'file']

/** The files of a room, of one kind at a time (rules FT). */
export function RoomFiles({ room }: { room: Room }) {
  const t = useAllTexts()
  const [kind, setKind] = useState<FilesKind>('media')
  return (
    <>
      <div class="file-kinds" role="group" aria-label={t('files.kind')}>
        {kinds.map((each) => (
          <button key={each} type="button" class="file-kind" aria-pressed={each === kind} onClick={() => setKind(each)}>
            {t(`files.${each}`)}
          </button>
        ))}
      </div>
      <OfKind key={kind} room={room} kind={kind} />
    </>
  )
}

function OfKind({ room, kind }: { room: Room; kind: FilesKind }) {
  const t = useAllTexts()
  const { files, hasMore, busy, failure, more } = useRoomFiles(room, kind)
  return (
    <>
      {files === null && !failure && <Spinner label={t('app.loading')} />}
      {files?.length === 0 && !hasMore && <p class="no-files soft">{t(`files.no_${kind}`)}</p>}
      {files !== null &&
        files.length > 0 &&
        (kind === 'media' ? (
          <MediaGrid room_id={room.id} files={files} />
        ) : (
          <FileList room_id={room.id} files={files} />
        ))}
      {failure && <Notice tone="danger">{explain(t, failure.code)}</Notice>}
      {(hasMore || failure) && (
        <Button look="quiet" busy={busy} onClick={more}>
          {t(failure ? 'ui.retry' : 'ui.more')}
        </Button>
      )}
    </>
  )
}
