import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { systemTimers } from '../../core/clock.ts'
import { createMediaProcess } from './media-process.ts'
import type { Found, MediaBounds } from './media.ts'
import {
  animation,
  colourOf,
  imageWithPlace,
  mp3,
  mp4,
  ogg,
  pngOf,
  sourceOf,
  stripes,
  tone,
  smallImage,
  webm,
  zipAfter,
} from './testing/samples.ts'

const bounds: MediaBounds = { imageBytes: 4 * 1024 * 1024, imagePixels: 4_000_000, seconds: 60 }
const media = createMediaProcess({ timers: systemTimers })
after(() => media.close())

const sender = { key: 'ann', address: '192.0.2.1' }
const inspect = (bytes: Uint8Array, more: Partial<MediaBounds> = {}): Promise<Found> =>
  media.inspect(sourceOf(bytes), { ...bounds, ...more }, sender)

async function pictured(bytes: Uint8Array) {
  const found = await inspect(bytes)
  if (found.kind !== 'image') throw new Error(`It was taken for ${JSON.stringify(found)}`)
  return found
}

test('[ME2] an image is written anew: upright, and without place, comment, preview or profile', async () => {
  const { picture, renditions } = await pictured(await imageWithPlace({ width: 400, height: 300, orientation: 6 }))
  assert.deepEqual([picture.mime_type, picture.width, picture.height], ['image/jpeg', 300, 400])
  for (const each of [picture, ...renditions]) {
    const { exif, xmp, iptc, icc, orientation, comments } = await sharp(each.bytes).metadata()
    assert.deepEqual([exif, xmp, iptc, icc, orientation, comments], Array(6).fill(undefined))
    assert.equal(Buffer.from(each.bytes).includes('GPS'), false)
  }
})

test('[ME2] nothing stays of what was hidden behind an image: polyglots are pictures alone afterwards', async () => {
  const script = '<script>alert(1)</script>'
  for (const kind of ['png', 'jpeg', 'gif', 'webp'] as const) {
    const { picture } = await pictured(zipAfter(await smallImage(kind), script))
    assert.equal(picture.mime_type, `image/${kind}`)
    assert.equal(Buffer.from(picture.bytes).includes(script), false)
    assert.equal(Buffer.from(picture.bytes).includes('PK\x03\x04'), false)
  }
})

test('[ME2] an animation stays one', async () => {
  const { picture } = await pictured(animation(5, 40))
  assert.deepEqual([picture.mime_type, picture.width, picture.height], ['image/gif', 40, 40])
  assert.equal((await sharp(picture.bytes).metadata()).pages, 5)
})

test('[ME2] AVIF becomes WebP, and images that cannot be cleaned are refused', async () => {
  assert.equal((await pictured(await smallImage('avif'))).picture.mime_type, 'image/webp')
  const refused = { kind: 'refused', why: 'unsupported_type' }
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
  const broken = (await smallImage('png')).subarray(0, 60)
  for (const bytes of [await smallImage('tiff'), heic, broken]) assert.deepEqual(await inspect(bytes), refused)
})

test('[ME3] smaller copies, and a placeholder of some hundred characters', async () => {
  const { picture, renditions, placeholder } = await pictured(pngOf(1_400, 700))
  assert.equal(picture.width, 1_400)
  assert.deepEqual(
    renditions.map(({ name, mime_type, width, height }) => [name, mime_type, width, height]),
    [
      ['320', 'image/webp', 320, 160],
      ['1280', 'image/webp', 1_280, 640],
    ],
  )
  assert.match(placeholder, /^data:image\/webp;base64,[\w+/=]{40,400}$/)
  assert.deepEqual((await pictured(pngOf(320, 200))).renditions, [])
})

test('[ME9] a square is the middle of an image, upright, still, never enlarged, and with a smaller copy', async () => {
  const square = async (bytes: Uint8Array) => {
    const found = await media.inspect(sourceOf(bytes), bounds, sender, 'square')
    if (found.kind !== 'image') throw new Error(`It was taken for ${JSON.stringify(found)}`)
    return [found.picture, ...found.renditions]
  }
  const sizes = async (bytes: Uint8Array) =>
    (await square(bytes)).map(({ mime_type, width, height }) => `${mime_type} ${width} ${height}`)
  assert.deepEqual(await sizes(pngOf(1_400, 700)), ['image/webp 512 512', 'image/webp 96 96'])
  assert.deepEqual(await sizes(pngOf(700, 300)), ['image/webp 300 300', 'image/webp 96 96'])
  assert.deepEqual(await sizes(animation(5, 40)), ['image/webp 40 40'])
  const turned = await square(await imageWithPlace({ width: 400, height: 300, orientation: 6 }))
  for (const { bytes } of turned) {
    const { exif, xmp, icc, orientation, pages } = await sharp(bytes).metadata()
    assert.deepEqual([exif, xmp, icc, orientation, pages], Array(5).fill(undefined))
  }
  const [middle] = await square(await stripes())
  const [red = 255, green = 0, blue = 255] = await colourOf(middle?.bytes)
  assert.ok(red < 40 && green > 200 && blue < 40, `${red} ${green} ${blue}`)
  const clear = await sharp({ create: { width: 50, height: 50, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer()
  const opaque = await sharp((await square(clear))[0]?.bytes).stats()
  assert.deepEqual([opaque.isOpaque, ...opaque.channels.map(({ min }) => min)], [true, 255, 255, 255])
  const bomb = await media.inspect(sourceOf(pngOf(5_000, 5_000)), bounds, sender, 'square')
  assert.deepEqual(bomb, { kind: 'refused', why: 'too_large' })
})

test('[ME4] bombs are refused before they are decoded', { timeout: 20_000 }, async () => {
  const refused = { kind: 'refused', why: 'too_large' }
  // 225 million pixels in some hundred kB, and frames that are many or large together.
  assert.deepEqual(await inspect(pngOf(15_000, 15_000)), refused)
  assert.deepEqual(await inspect(animation(30, 400)), refused)
  assert.deepEqual(await inspect(animation(1_001, 8)), refused)
  assert.deepEqual(await inspect(pngOf(100, 100), { imageBytes: 50 }), refused)
  assert.deepEqual(await inspect(tone(2), { seconds: 1 }), refused)
})

test('[ME1] [ME7] a drawing, a page and an archive are files, whatever they hold', async () => {
  const bomb = `<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"><!ENTITY a "aaaaaaaa"></svg>`
  for (const text of [bomb, `<?xml version="1.0"?>${bomb}`, '<html><script>1</script></html>', '', 'plain'])
    assert.equal((await inspect(Buffer.from(text))).kind, 'file', text)
  assert.deepEqual(await inspect(zipAfter(new Uint8Array(0), 'x')), { kind: 'file', mime_type: 'application/zip' })
  assert.deepEqual(await inspect(Buffer.from('%PDF-1.7\n')), { kind: 'file', mime_type: 'application/pdf' })
})

test('[ME5] duration and waveform of audio, and the size of a video', async () => {
  const sound = await inspect(tone(2))
  assert.ok(sound.kind === 'audio')
  assert.deepEqual([sound.mime_type, sound.duration, sound.waveform?.length], ['audio/wav', 2, 100])
  // The tone swells from silence.
  const [first = 1, last = 0] = [sound.waveform?.[0], sound.waveform?.at(-1)]
  assert.ok(first < 0.1 && last > 0.9, `${first} to ${last}`)
  for (const [bytes, mime_type] of [
    [mp3(), 'audio/mpeg'],
    [await ogg(), 'audio/ogg'],
  ] as const) {
    const heard = await inspect(bytes)
    assert.deepEqual([heard.kind, 'mime_type' in heard && heard.mime_type], ['audio', mime_type])
  }
  const video = await inspect(await mp4())
  assert.deepEqual(video, {
    ...{ kind: 'video', mime_type: 'video/mp4', width: 64, height: 48, duration: 1, waveform: null },
  })
})

test('[ME5] voice notes as browsers record them have their whole duration', async () => {
  for (const [name, mime_type] of [
    ['voice-note.webm', 'audio/webm'],
    // In fragments: its header declares 0.024 s.
    ['voice-note.mp4', 'audio/mp4'],
  ] as const) {
    const note = await inspect(readFileSync(new URL(`./testing/${name}`, import.meta.url)))
    assert.ok(note.kind === 'audio', name)
    assert.equal(note.mime_type, mime_type)
    assert.ok(note.duration !== null && note.duration > 1.1 && note.duration < 1.2, `${name}: ${note.duration}`)
  }
})

test('[ME5] a video that declares an impossible size has none', async () => {
  const sizes = [
    [2n ** 60n, 2n ** 60n],
    [64n, 2n ** 64n - 1n],
    [70_000n, 48n],
    [64n, 48n],
  ] as const
  const found = await Promise.all(sizes.map(([width, height]) => inspect(webm(width, height))))
  assert.deepEqual(
    found.map((each) => (each.kind === 'video' ? [each.mime_type, each.width, each.height] : each)),
    [
      ['video/webm', null, null],
      ['video/webm', 64, null],
      ['video/webm', null, 48],
      ['video/webm', 64, 48],
    ],
  )
})

test('[ME6] a process that crashes, hangs or talks nonsense refuses its file alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-media-'))
  const path = join(folder, 'child.mjs')
  // Inspects nothing: crashes at the first byte of a file 'c', hangs at 'h', asks for what is not there at 'g', talks nonsense at 'n', and else says that it is a file.
  writeFileSync(
    path,
    `process.on('disconnect', () => process.exit(0))
     process.on('message', (told) => {
       if (told.say === 'inspect') return process.send({ say: 'read', ask: 1, first: 0, last: 0 })
       const letter = String.fromCharCode(told.bytes[0])
       if (letter === 'c') process.abort()
       if (letter === 'g') process.send({ say: 'read', ask: 2, first: 0, last: 1e12 })
       if (letter === 'n') process.send({ say: 'found', found: { kind: 'video', width: 2 ** 60 } })
       if (letter === 'f') process.send({ say: 'found', found: { kind: 'file', mime_type: 'a/b' } })
     })`,
  )
  const frail = createMediaProcess({
    timers: systemTimers,
    times: { file: 500, idle: 100 },
    program: pathToFileURL(path),
  })
  try {
    const letters = ['f', 'c', 'f', 'h', 'g', 'n', 'f']
    const found = await Promise.all(
      letters.map((letter) => frail.inspect(sourceOf(Buffer.from(letter)), bounds, sender)),
    )
    assert.equal(found.map(({ kind }) => kind).join(' '), 'file refused file refused refused refused file')
    const away = { size: 1, read: () => Promise.reject(new Error('the disk is gone')) }
    await assert.rejects(frail.inspect(away, bounds, sender), { message: 'the disk is gone' })
    assert.equal((await frail.inspect(sourceOf(Buffer.from('f')), bounds, sender)).kind, 'file')
  } finally {
    frail.close()
    rmSync(folder, { recursive: true })
  }
  await assert.rejects(frail.inspect(sourceOf(Buffer.from('f')), bounds, sender), { code: 'shutting_down' })
})

test('[ME8] who sends many files does not keep others waiting for all of them', async () => {
  const order: string[] = []
  const queue = createMediaProcess({ timers: systemTimers })
  const sends = (key: string, address: string) =>
    queue.inspect(sourceOf(Buffer.from('text')), bounds, { key, address }).then(() => order.push(key))
  try {
    const flood = [1, 2, 3, 4].map(() => sends('mallory', '192.0.2.1'))
    await Promise.all([...flood, sends('bob', '192.0.2.2'), sends('eve', '192.0.2.1'), sends('bob', '192.0.2.2')])
  } finally {
    queue.close()
  }
  assert.deepEqual(order, ['mallory', 'mallory', 'bob', 'eve', 'bob', 'mallory', 'mallory'])
})
