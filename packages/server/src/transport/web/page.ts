import { brotliCompressSync, gzipSync } from 'node:zlib'
import { encodedBody, type ReadyFile } from './file-answer.ts'

/** What a page tells link previews about itself (the Open Graph protocol). */
export type Preview = { title: string; description: string; url: string | null }

const pageType = 'text/html; charset=utf-8'

/**
 * The app's page with URLs from the root of the host, under the path of PUBLIC_URL. The build uses relative URLs, which
 * would not work for a room's page, whose path is deeper.
 */
export const placed = (html: string, basePath: string): string =>
  html.replaceAll(/(\s(?:src|href)=")\.\//g, (_match, start: string) => `${start}${basePath}/`)

/** The page with the preview's tags. Values may come from users: all of them are escaped. */
export function withPreview(html: string, { title, description, url }: Preview): string {
  const tags = [
    ['og:site_name', 'Parlor'],
    ['og:type', 'website'],
    ['og:title', title],
    ['og:description', description],
    ...(url === null ? [] : [['og:url', url]]),
  ]
  const lines = tags.map(([name = '', content = '']) => `  <meta property="${name}" content="${escaped(content)}">\n  `)
  // A replacement function, because `$&` in a replacement text would insert the match.
  return html.replace('</head>', () => `${lines.join('')}</head>`)
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A page for many requests, compressed once if that makes it smaller. */
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

/** A page for a single request, not compressed: that costs more than it saves. */
export const plainPage = (html: string): ReadyFile => ({
  type: pageType,
  plain: encodedBody(Buffer.from(html)),
  brotli: null,
  gzip: null,
})
