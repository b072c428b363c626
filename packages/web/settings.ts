import { fileURLToPath } from 'node:url'
import type { InlineConfig, Plugin } from 'vite'

/** What most pages need: in one file it packs 2 KB smaller than in the ten that vite would make of it. */
const shared =
  /node_modules\/(preact|@?socket\.io|engine\.io)|client\/src\/(?!files|pictures)|src\/(ui\/(?!overlays\/(dialog|side-panel|use-modal)|controls\/(select|switch|copy-from|checks))|texts\/(?!es|en-rest|sizes|en\/(?!errors|room|shell))|pages\/(loaded|frame|gate|error-pages)|room\/(may|connection\/(use-)?connection-notice)\.ts|(failure|app-context|router|parse-url|settings|toasts|user-storage|base-path|use-store)\.ts)/

/**
 * Loads a chunk after its style sheets. Vite's own helper does the same at three times the size, and preloads what has
 * nearly always been loaded by then. A sheet that could not be loaded is taken out again, so that the next try loads it.
 */
const partHelper = `
const loading = new Map()
const loadSheet = (href) => new Promise((loaded, failed) => {
  const onerror = () => {
    link.remove()
    loading.delete(href)
    failed(new Error('Could not load ' + href))
  }
  const link = Object.assign(document.createElement('link'), {
    rel: 'stylesheet', crossOrigin: '', href, onload: loaded, onerror,
  })
  document.head.append(link)
})
export const __vitePreload = async (load, styles = [], from) => {
  const shown = new Set([...document.styleSheets].map(({ href }) => href))
  await Promise.all(styles.map((name) => {
    const { href } = new URL(name, from)
    if (!shown.has(href) && !loading.has(href)) loading.set(href, loadSheet(href))
    return loading.get(href)
  }))
  return load()
}`

const smallHelper: Plugin = {
  name: 'small-helper',
  enforce: 'pre',
  apply: 'build',
  load: (id) => (id === '\0vite/preload-helper.js' ? partHelper : null),
}

/** The SDK speaks WebSocket and polling alone; the third transport, and the streams that only it needs, pack to 0.8 KB. */
const noWebTransport: Plugin = {
  name: 'no-webtransport',
  enforce: 'pre',
  apply: 'build',
  load: (id) => (/\/engine\.io-client\/.*\/webtransport\.js$/.test(id) ? 'export class WT {}' : null),
}

/** Vite's settings, for the build and for the development server. */
export const settings = {
  configFile: false,
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  // The server writes the path that it is served under into the page; scripts load their chunks relative to themselves.
  base: './',
  plugins: [smallHelper, noWebTransport],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Rule W4 in README.md. Older ones have no `light-dark()` or no popovers.
    target: ['chrome124', 'edge124', 'firefox125', 'safari17.5'],
    // All of these browsers preload modules, and the page's content security policy allows no inline script.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, needed, { hostType }) =>
        hostType === 'html' ? needed : needed.filter((name) => name.endsWith('.css')),
    },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: shared }] } } },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
} satisfies InlineConfig
