import type { Bounds } from '../../core/contract.ts'

export const pictureBounds = {
  picture_bytes: {
    value: 16 * 1024 * 1024,
    text: 'Bytes of an image that is sent as the picture of a person or a room.',
  },
} as const satisfies Bounds
