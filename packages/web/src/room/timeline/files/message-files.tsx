import './message-files.css'
import type { Messages, TimelineItem } from '@parlor/client'
import { Loaded } from '../../../pages/loaded.tsx'
import { pictureSize } from './picture-size.ts'

const loadView = () => import('./file-view.tsx')

/**
 * What a message carries: pictures together, everything else below one another. Each file has its place before the code
 * that shows it is there (rules MF).
 */
export function MessageFiles({ message, messages }: { message: TimelineItem['message']; messages: Messages }) {
  return (
    <ul class="message-files">
      {message.files
        ?.toSorted((one, other) => Number(other.kind === 'image') - Number(one.kind === 'image'))
        .map((file) => {
          const { width, ratio } = pictureSize(file)
          return (
            <li
              key={file.id}
              class="file-place"
              data-kind={file.kind}
              style={{ '--width': `${width}px`, '--ratio': ratio }}
            >
              <Loaded load={loadView} inline>
                {({ FileView }) => <FileView file={file} width={width} message={message} messages={messages} />}
              </Loaded>
            </li>
          )
        })}
    </ul>
  )
}
