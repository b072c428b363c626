import type { Bytes } from '../../../core/route.ts'

/**
 * Chunks of streams are memory outside the heap, of which V8 lets 64 MB gather before it looks for what is unused: a large file
 * would take so much on its way. So they are freed as soon as they are done with.
 */

/** The same bytes, of which each chunk is gone once the next one is asked for. */
export async function* releasing(bytes: Bytes): Bytes {
  for await (const chunk of bytes) {
    yield chunk
    free(chunk)
  }
}

/** The same bytes on their way to a client; `waiting`: how many of them are not with it yet. Those that are, are gone. */
export async function* releasingSent(bytes: Bytes, waiting: () => number): Bytes {
  const passed: { chunk: Uint8Array; end: number }[] = []
  let total = 0
  for await (const chunk of bytes) {
    total += chunk.length
    passed.push({ chunk, end: total })
    yield chunk
    const sent = total - waiting()
    for (let [first] = passed; first && first.end <= sent; [first] = passed) {
      free(first.chunk)
      passed.shift()
    }
  }
}

/**
 * Bytes of a chunk at least: little is won by a smaller one, and the parser of forms hands out one of a boundary's length, which
 * it uses again.
 */
export const least = 1024

/** Frees the memory of a chunk that nobody reads any more; of a part of a larger one nothing, because others may have the rest. */
function free({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < least || !(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return
  buffer.transfer(0)
}
