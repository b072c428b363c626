import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ogg, pngOf } from '../../packages/server/src/platform/media/testing/samples.ts'
import { getFile, sentFile } from '../harness/files.ts'
import { ok } from '../harness/rest.ts'
import type { Message, Page, Room } from '../harness/wire.ts'

/** Someone who sends: a token is all that it takes. */
type Sender = { id: string; access_token: string }
const guestOf = ({ id, access_token }: Sender) => ({ id, name: '', token: access_token })

type File = { id: string; url: string; renditions: readonly { name: string; url: string }[] }
type WithFiles = Message & { files?: readonly File[] }

/** A private room with a picture, whose owner has one too; its messages carry an image with smaller copies, a recording and a text. */
export async function tellGallery(url: string, ann: Sender) {
  const { id } = await ok<Room>(url, 'POST', '/api/rooms', {
    ...{ token: ann.access_token, body: { name: 'Gallery', is_private: true } },
  })
  const send = (image: Uint8Array, name: string) => sentFile(url, guestOf(ann), image, { name, fields: { alt: name } })
  const sent = [
    await send(pngOf(1_400, 700), 'wide.png'),
    await send(await ogg(), 'note.ogg'),
    await send(Buffer.from('Some words'), 'words.txt'),
  ]
  const say = (body: object) =>
    ok(url, 'POST', `/api/rooms/${id}/messages`, { token: ann.access_token, body: { content: '', ...body } })
  await say({ content: 'Three files', file_ids: sent.map((file) => file.id) })
  await say({ type: 'image', content: pngOf(64, 64).toString('base64'), format: 'png' })
  const { avatar_url } = await form<{ avatar_url: string }>(url, 'POST', '/api/upload-avatar', ann, pngOf(200, 200))
  const { picture_url } = await form<{ picture_url: string }>(
    url,
    'PUT',
    `/api/rooms/${id}/picture`,
    ann,
    pngOf(99, 99),
  )
  return { id, pictures: [avatar_url, picture_url] }
}

async function form<T>(url: string, method: string, path: string, by: Sender, image: Buffer): Promise<T> {
  const body = new FormData()
  body.append('file', new Blob([Uint8Array.from(image)]), 'a.png')
  const answer = await fetch(url + path, { method, body, headers: { authorization: `Bearer ${by.access_token}` } })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

type Gallery = Awaited<ReturnType<typeof tellGallery>>
/** A path of a file, a smaller copy or a picture, without a signature; its type, and the SHA-256 of its bytes. */
export type FileReading = { path: string; type: string; sha256: string }

/** The files of the gallery's messages, by their links. */
async function filesOf(url: string, { id }: Gallery, by: Sender): Promise<string[]> {
  const { messages } = await ok<Page>(url, 'GET', `/api/rooms/${id}/messages`, { token: by.access_token })
  return messages.flatMap((message: WithFiles) =>
    (message.files ?? []).flatMap((file) => [file.url, ...file.renditions.map((copy) => copy.url)]),
  )
}

async function readFile(url: string, path: string, by: Sender | null): Promise<FileReading> {
  const answer = await getFile(url, path, by && guestOf(by))
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  const sha256 = createHash('sha256').update(Buffer.from(await answer.arrayBuffer()))
  const type = answer.headers.get('content-type') ?? ''
  return { path: path.replace(/\?.*/, ''), type, sha256: sha256.digest('hex') }
}

/** All files and pictures, the files by the login of a member. */
export async function readGallery(url: string, gallery: Gallery, ann: Sender): Promise<FileReading[]> {
  const paths = [...(await filesOf(url, gallery, ann)).map((link) => link.replace(/\?.*/, '')), ...gallery.pictures]
  return Promise.all(paths.map((path) => readFile(url, path, ann)))
}

/** Asserts that they still open, are what they were, by login and by link, and that nobody else reads the files. */
export async function openGallery(
  url: string,
  { gallery, was, ann, stranger }: { gallery: Gallery; was: readonly FileReading[]; ann: Sender; stranger: Sender },
): Promise<void> {
  assert.deepEqual(await readGallery(url, gallery, ann), was)
  const links = await filesOf(url, gallery, ann)
  const byLink = await Promise.all([...links, ...gallery.pictures].map((link) => readFile(url, link, null)))
  assert.deepEqual(byLink, was)
  for (const link of links) {
    const answer = await getFile(url, link.replace(/\?.*/, ''), guestOf(stranger))
    assert.ok([403, 404].includes(answer.status), `${link} answered ${answer.status}`)
  }
}
