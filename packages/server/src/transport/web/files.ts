import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type EncodedBody, encodedBody, type ReadyFile } from './file-answer.ts'

export type WebFile = ReadyFile & {
  /** The path that a browser requests: `/assets/index-4f2a.js`. */
  path: string
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
}

/**
 * All files of a built app, with the compressed copies that the build made; empty if there is no such folder. They are
 * a few hundred kilobytes; kept in memory, so that a running server serves one version even if the app is built again.
 * Files without a known type (compressed copies, the build's stamp) are not served.
 */
export function readWebFiles(folder: string): WebFile[] {
  return namesIn(folder).flatMap((name) => {
    const type = types[extname(name)]
    if (type === undefined) return []
    const file = join(folder, name)
    const path = `/${name.replaceAll('\\', '/')}`
    return {
      path,
      type,
      plain: encodedBody(readFileSync(file)),
      brotli: packed(`${file}.br`),
      gzip: packed(`${file}.gz`),
    }
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function packed(file: string): EncodedBody | null {
  try {
    return encodedBody(readFileSync(file))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
