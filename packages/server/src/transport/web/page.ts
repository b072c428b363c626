import { brotliCompressSync, gzipSync } from 'node:zlib'
import { encodedBody, type ReadyFile } from './file-answer.ts'

/** What a page says of itself to who shows a preview of its link (the Open Graph protocol). */
export type Preview = { title: string; description: string; url: string | null }

const pageType = 'text/html; charset=utf-8'

/**
 * The app's page as it is served under a path of this host. The build names files relative to where the app is; a room's
 * page lies deeper, so they are named from the root of the host.
 */
export const placed = (html: string, basePath: string): string =>
  html.replaceAll(/(\s(?:src|href)=")\.\//g, (_match, start: string) => `${start}${basePath}/`)

/** The page with what a preview shows. Whatever stands in it was typed by somebody: nothing of it is markup. */
export function withPreview(html: string, { title, description, url }: Preview): string {
  const tags = [
    ['og:site_name', 'Parlor'],
    ['og:type', 'website'],
    ['og:title', title],
    ['og:description', description],
    ...(url === null ? [] : [['og:url', url]]),
  ]
  const lines = tags.map(([name = '', content = '']) => `  <meta property="${name}" content="${escaped(content)}">\n  `)
  // A function: in a text `$&` would stand for what was found.
  return html.replace('</head>', () => `${lines.join('')}</head>`)
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A page that many ask for, packed once where that makes it smaller. */
export function packedPage(html: string): ReadyFile {
  const body = Buffer.from(html)
  const smaller = (packed: Buffer) => (packed.length < body.length ? encodedBody(packed) : null)
  return {
    type: pageType,
    plain: encodedBody(body),
    brotli: smaller(brotliCompressSync(body)),
    gzip: smaller(gzipSync(body)),
  }
}

/** A page for one request: it goes as it is, for packing costs more than it saves. */
export const plainPage = (html: string): ReadyFile => ({
  type: pageType,
  plain: encodedBody(Buffer.from(html)),
  brotli: null,
  gzip: null,
})
