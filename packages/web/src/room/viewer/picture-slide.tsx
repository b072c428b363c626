import type { StoredFile } from '@parlor/client'
import { fileUrl } from '../timeline/files/file-url.ts'
import { Gone } from '../timeline/files/gone.tsx'
import { PictureImage } from '../timeline/files/picture-image.tsx'
import { useFreshFile } from '../timeline/files/use-fresh-file.ts'
import type { Outcome } from './gesture.ts'
import type { Slide } from './slides.ts'
import { Stage, type ZoomKeys } from './stage.tsx'
import type { Size } from './zoom.ts'

type Props = { slide: Slide; zoom: ZoomKeys; onOutcome: (outcome: Outcome) => void }

const unknown: Size = { width: 1280, height: 720 }
export const sizeOf = ({ width, height }: StoredFile): Size => (width && height ? { width, height } : unknown)

export function PictureSlide({ slide, zoom, onOutcome }: Props) {
  const fresh = useFreshFile(slide.file, slide.message)
  const { file, failed, renew } = fresh
  const [small] = file.renditions
  return (
    <Stage picture={sizeOf(file)} zoom={zoom} enlarges={failed === null} onOutcome={onOutcome}>
      {({ width, height, scale }) =>
        failed ? (
          <Gone of={fresh} />
        ) : (
          <div
            class="viewer-picture"
            style={{
              ...{ width: `${width}px`, height: `${height}px` },
              // Loaded already, in the list of messages.
              ...(small ? { backgroundImage: `url("${fileUrl(small.url)}")` } : {}),
            }}
          >
            <PictureImage
              file={file}
              // Enlarged it needs more pixels.
              sizes={`${Math.round(width * Math.ceil(scale))}px`}
              onError={() => void renew()}
            />
          </div>
        )
      }
    </Stage>
  )
}
