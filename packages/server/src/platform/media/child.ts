import type { ByteRange } from '../../core/route.ts'
import { prepareImages } from './images.ts'
import { inspect } from './inspect.ts'
import type { MediaBounds, Shape } from './media.ts'
import { toChild, type ToServer } from './messages.ts'

// The program of the child process (rule ME6): inspects one file after another, whose bytes it asks its parent for.

const waiting = new Map<number, PromiseWithResolvers<Uint8Array>>()
let asked = 0

const tell = (message: ToServer): void => void process.send?.(message)

function read({ first, last }: ByteRange): Promise<Uint8Array> {
  const part = Promise.withResolvers<Uint8Array>()
  asked += 1
  waiting.set(asked, part)
  tell({ say: 'read', ask: asked, first, last })
  return part.promise
}

async function run(size: number, bounds: MediaBounds, shape: Shape): Promise<void> {
  tell({ say: 'found', found: await inspect({ size, read }, bounds, shape) })
}

prepareImages()
// A child whose parent is gone has nobody to work for.
process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  const told = toChild.parse(message)
  if (told.say === 'inspect') {
    // What fails here is a fault of ours, and ends the process.
    void run(told.size, told.bounds, told.shape)
    return
  }
  const part = waiting.get(told.ask)
  waiting.delete(told.ask)
  if (told.bytes) part?.resolve(told.bytes)
  else part?.reject(new Error('the file cannot be read'))
})
