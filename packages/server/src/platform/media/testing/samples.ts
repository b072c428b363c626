import { crc32, deflateSync } from 'node:zlib'
import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny'
import sharp from 'sharp'
import type { MediaSource } from '../media.ts'

export const sourceOf = (bytes: Uint8Array): MediaSource => ({
  size: bytes.length,
  read: async ({ first, last }) => bytes.subarray(first, last + 1),
})

export const metadataOf = (bytes: Uint8Array) => sharp(bytes).metadata()

/** A photo with the place and the camera in its EXIF, a comment, and lying on its side. */
export const imageWithPlace = ({ width = 64, height = 48, orientation = 1 } = {}): Promise<Buffer> =>
  gradient(width, height)
    .withExif({
      IFD0: { Make: 'A camera', Copyright: 'Ann' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 3230/100',
        GPSLongitudeRef: 'W',
        GPSLongitude: '0/1 7/1 4366/100',
      },
    })
    .withMetadata({ orientation, icc: 'p3' })
    .jpeg()
    .toBuffer()

const gradient = (width: number, height: number) =>
  sharp(Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * 7) % 251)), {
    raw: { width, height, channels: 3 },
  })

/** A picture of random dots, which no format makes much smaller, as PNG. */
export function dots(edge: number): Promise<Buffer> {
  const bytes = Buffer.alloc(edge * edge * 3)
  let random = 1
  for (let at = 0; at < bytes.length; at += 1) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = random >>> 24
  }
  return sharp(bytes, { raw: { width: edge, height: edge, channels: 3 } })
    .png()
    .toBuffer()
}

/** A small image of this type. */
export const smallImage = (kind: 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'tiff'): Promise<Buffer> =>
  gradient(20, 10).toFormat(kind).toBuffer()

/** Drawn, as PNG. */
const drawing = (width: number, height: number, shapes: string): Promise<Buffer> =>
  sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`))
    .png()
    .toBuffer()

/** Red on the left, green in the middle, blue on the right, each as wide as the picture is high. */
export const stripes = (): Promise<Buffer> =>
  drawing(
    900,
    300,
    ['#ff0000', '#00ff00', '#0000ff']
      .map((colour, at) => `<rect x="${at * 300}" width="300" height="300" fill="${colour}"/>`)
      .join(''),
  )

/** Somebody before a background of this colour. */
export const portrait = (colour: string): Promise<Buffer> =>
  drawing(
    900,
    600,
    `<rect width="900" height="600" fill="${colour}"/><rect y="420" width="900" height="180" fill="#00000033"/>
     <circle cx="500" cy="230" r="120" fill="#f2c9a1"/><ellipse cx="500" cy="540" rx="230" ry="190" fill="#3b4a6b"/>
     <path d="M375 210a125 125 0 0 1 250 0q-60-70-250 0z" fill="#4a2e1e"/>`,
  )

/** The mean of red, green and blue. */
export async function colourOf(bytes: Uint8Array | undefined): Promise<number[]> {
  const { channels } = await sharp(bytes).stats()
  return channels.slice(0, 3).map(({ mean }) => Math.round(mean))
}

/** A PNG of one colour, written by hand: a large one would be costly to encode. */
export function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    ...[chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))],
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A GIF of so many frames, written by hand: each sets one pixel, and all of them are as large as the canvas once decoded. */
export function animation(frames: number, edge: number): Buffer {
  const canvas = Buffer.from([edge & 255, edge >> 8, edge & 255, edge >> 8, 0x80, 0, 0, 255, 255, 255, 0, 0, 0])
  const parts = [Buffer.from('GIF89a'), canvas]
  for (let frame = 0; frame < frames; frame += 1) {
    parts.push(
      Buffer.from([0x21, 0xf9, 4, 4, 10, 0, 0, 0, 0x2c, frame % edge, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0]),
    )
  }
  return Buffer.concat([...parts, Buffer.from([0x3b])])
}

/** These bytes with an archive behind them that holds the text. */
export function zipAfter(bytes: Uint8Array, text: string): Buffer {
  const local = Buffer.alloc(30)
  local.write('PK\x03\x04', 'latin1')
  local.writeUInt16LE(1, 26)
  local.writeUInt32LE(text.length, 18)
  local.writeUInt32LE(text.length, 22)
  return Buffer.concat([bytes, local, Buffer.from(`a${text}`)])
}

/** So many seconds of a tone that swells, as WAV of 8,000 samples a second. */
export function tone(seconds: number): Buffer {
  const samples = 8_000 * seconds
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples * 2, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.set([1, 0, 1, 0], 20)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(16_000, 28)
  header.set([2, 0, 16, 0], 32)
  header.write('data', 36)
  header.writeUInt32LE(samples * 2, 40)
  const data = Buffer.alloc(samples * 2)
  for (let at = 0; at < samples; at += 1)
    data.writeInt16LE(Math.round((at / samples) * 32_000 * Math.sin((at / 8_000) * 440 * 2 * Math.PI)), at * 2)
  return Buffer.concat([header, data])
}

/** A second of silence, as MP3 of 38 frames. */
export const mp3 = (): Buffer =>
  Buffer.concat(
    Array.from({ length: 38 }, () => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0]), Buffer.alloc(413)])),
  )

/** 20 ms of silence, as Opus. */
export const silence = new Uint8Array([0xf8, 0xff, 0xfe])

/** A second of silence, as Opus in Ogg. */
export const ogg = (): Promise<Buffer> =>
  opusIn(
    'ogg',
    Array.from({ length: 50 }, () => silence),
  )

const containers = { webm: WebMOutputFormat, ogg: OggOutputFormat, mp4: Mp4OutputFormat }

/** Packets of Opus in a file, which says that each has 20 ms of one channel. */
export async function opusIn(container: keyof typeof containers, packets: readonly Uint8Array[]): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format: new containers[container](), target })
  const source = new EncodedAudioPacketSource('opus')
  output.addAudioTrack(source)
  await output.start()
  const description = Buffer.from('T3B1c0hlYWQBATgBgLsAAAAAAA==', 'base64')
  const decoderConfig = { codec: 'opus', numberOfChannels: 1, sampleRate: 48_000, description }
  for (const [at, packet] of packets.entries()) {
    await source.add(new EncodedPacket(packet, 'key', at * 0.02, 0.02), { decoderConfig })
  }
  await output.finalize()
  if (!target.buffer) throw new Error('Nothing was written')
  return Buffer.from(target.buffer)
}

/** The packets of a recording in WebM. */
export async function packetsOf(bytes: Uint8Array): Promise<Uint8Array[]> {
  using input = new Input({ source: new BufferSource(bytes), formats: [WEBM] })
  const track = await input.getPrimaryAudioTrack()
  if (!track) throw new Error('It has no sound')
  const packets: Uint8Array[] = []
  for await (const { data } of new EncodedPacketSink(track).packets()) packets.push(data)
  return packets
}

/** A second of video of 64 × 48 pixels whose pictures nobody could decode. */
export async function mp4(): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat(), target })
  const source = new EncodedVideoPacketSource('vp9')
  output.addVideoTrack(source)
  await output.start()
  const decoderConfig = { codec: 'vp09.00.10.08', codedWidth: 64, codedHeight: 48 }
  await source.add(new EncodedPacket(new Uint8Array(100), 'key', 0, 1), { decoderConfig })
  await output.finalize()
  if (!target.buffer) throw new Error('Nothing was written')
  return Buffer.from(target.buffer)
}

/** A second of video in WebM, which declares this size: a header of 300 bytes and a picture that nobody could decode. */
export function webm(width: bigint, height: bigint): Buffer {
  const head = element(0x1a45dfa3, element(0x4282, Buffer.from('webm')), element(0x4287, whole(2n)))
  const seconds = Buffer.alloc(8)
  seconds.writeDoubleBE(1_000)
  const size = element(0xe0, element(0xb0, whole(width)), element(0xba, whole(height)))
  const codec = element(0x86, Buffer.from('V_VP8'))
  const track = element(0xae, ...[0xd7, 0x73c5, 0x83].map((id) => element(id, whole(1n))), codec, size)
  const about = element(0x1549a966, element(0x2ad7b1, whole(1_000_000n)), element(0x4489, seconds))
  const cluster = element(0x1f43b675, element(0xe7, whole(0n)), element(0xa3, Buffer.from([0x81, 0, 0, 0x80, 1])))
  return Buffer.concat([head, element(0x18538067, about, element(0x1654ae6b, track), cluster)])
}

/** An element of EBML (RFC 8794): its id with the marker, its length in eight bytes, its data. */
function element(id: number, ...data: Uint8Array[]): Buffer {
  const body = Buffer.concat(data)
  const hex = id.toString(16)
  return Buffer.concat([Buffer.from(hex, 'hex'), whole((1n << 56n) | BigInt(body.length)), body])
}

function whole(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}
