import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'

/** What most pages need: in one file it packs 2 KB smaller than in the ten that vite would make of it. */
const shared =
  /node_modules\/(@?preact)|src\/(ui\/(?!dialog|select|switch)|texts\/(?!es)|pages\/(loaded|frame|trouble)|room\/(person-in|connection\/(use-)?trouble)\.ts|(failure|app-context|router|settings|toasts|kept)\.ts)/

/** What vite is told, for the build and for its own server while somebody works on the app. */
export const settings = {
  configFile: false,
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The browsers of the last two years.
    target: ['chrome131', 'edge131', 'firefox132', 'safari18.1'],
    // Every browser of them preloads modules by itself, and the page's policy runs no script that stands in the page.
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: shared }] } } },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
} satisfies InlineConfig
