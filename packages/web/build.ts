// Builds the web app into dist/, each file with its packed forms beside it: node packages/web/build.ts
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import { settings } from './settings.ts'

/** Bytes. A smaller file takes one packet whether it is packed or not. */
const worthPacking = 1024

await build(settings)
const dist = fileURLToPath(new URL('dist/', import.meta.url))
for (const file of globSync('**/*.{html,js,css,svg,json,webmanifest,txt}', { cwd: dist })) pack(dist + file)

function pack(file: string): void {
  const content = readFileSync(file)
  if (content.length < worthPacking) return
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
}
