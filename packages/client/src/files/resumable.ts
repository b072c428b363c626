import { parse, send } from '../connection/http.ts'
import type { StoredFile } from '../generated/shapes.generated.ts'
import type { Parlor } from '../types.ts'

/** What is told about a file when its upload begins. */
export type Announced = { name: string; size: number; room_id: string; alt: string; waveform: readonly number[] | null }

/** The calls of resumable uploads (tus 1.0: https://tus.io/protocols/resumable-upload). Each rejects with ParlorError. */
export type Resumable = {
  begin(file: Announced): Promise<StoredFile>
  /** The file, and how many bytes of it the server has. */
  status(id: string): Promise<{ file: StoredFile; offset: number }>
  /** Adds bytes; answers how many there are then. */
  add(id: string, offset: number, bytes: ArrayBuffer, signal: AbortSignal | null): Promise<number>
}

type Asked = { headers?: Readonly<Record<string, string>>; body?: ArrayBuffer | null; signal?: AbortSignal | null }

/** Timeout in ms. The server looks at a file for at most 20 s before it answers its last byte. */
const patience = 60_000

export function createResumable(parlor: Pick<Parlor, 'withToken'>): Resumable {
  const ask = (method: string, path: string, { headers = {}, body = null, signal = null }: Asked = {}) =>
    parlor.withToken((url, token) => {
      const late = AbortSignal.timeout(patience)
      return send(`${url}/api/uploads${path}`, {
        ...{ method, body, credentials: 'omit', cache: 'no-store' },
        signal: signal ? AbortSignal.any([signal, late]) : late,
        headers: {
          ...headers,
          'tus-resumable': '1.0.0',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
      })
    })
  const offsetIn = ({ headers }: { headers: Headers }): number => Number(headers.get('upload-offset'))

  return {
    async begin({ size, name: filename, room_id, alt, waveform }) {
      const peaks = waveform ? JSON.stringify(waveform) : ''
      const said = metadata({ filename, room_id, alt, waveform: peaks })
      const headers = { 'upload-length': String(size), 'upload-metadata': said }
      const { text, status } = await ask('POST', '', { headers })
      return parse(text, status)
    },
    async status(id) {
      const answer = await ask('GET', `/${encodeURIComponent(id)}`)
      return { file: parse(answer.text, answer.status), offset: offsetIn(answer) }
    },
    async add(id, offset, body, signal) {
      const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }
      return offsetIn(await ask('PATCH', `/${encodeURIComponent(id)}`, { headers, body, signal }))
    },
  }
}

/** `Upload-Metadata`: a key and a value in base64, with commas between the pairs. */
const metadata = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',')

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
