import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium as playwright } from 'playwright-core'
import packageFacts from '../../../package.json' with { type: 'json' }

const kept = fileURLToPath(new URL('../../../.parlor/', import.meta.url))
const systemNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Chromium, or why it is missing; tests that need it are then skipped with that reason. */
export type Chromium = { browser: Browser; missing: false } | { browser: null; missing: string }

/** The system's Chromium if there is one that starts, else the one from npm. */
export async function startChromium(): Promise<Chromium> {
  const refusals: string[] = []
  for (const find of [...systemChromiums(), packagedChromium]) {
    try {
      return { browser: await launch(await find()), missing: false }
    } catch (error) {
      refusals.push(reasonOf(error))
    }
  }
  return { browser: null, missing: `no Chromium starts here: ${refusals.join('; ')}` }
}

type Found = { program: string; env: Record<string, string> }

const systemChromiums = (): (() => Promise<Found>)[] =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => systemNames.map((name) => join(folder, name)))
    .filter((program) => existsSync(program))
    .map((program) => async () => ({ program, env: {} }))

/** Unpacked once for all runs of a version, by the first test. */
async function packagedChromium(): Promise<Found> {
  const home = join(kept, `chromium-${packageFacts.devDependencies['@sparticuz/chromium']}`)
  if (!existsSync(home)) {
    await mkdir(kept, { recursive: true })
    const staging = await mkdtemp(join(kept, 'unpacking-'))
    try {
      const unpack = fileURLToPath(new URL('unpack-chromium.ts', import.meta.url))
      await promisify(execFile)(process.execPath, [unpack], { env: { ...process.env, TMPDIR: staging } })
      await writeFile(join(staging, 'fonts.conf'), fontsConfig(join(home, 'fonts')))
      await rename(staging, home)
    } catch (error) {
      // Another test may have been faster: then use its copy.
      if (!existsSync(home)) throw error
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  }
  return { program: join(home, 'chromium'), env: { FONTCONFIG_FILE: join(home, 'fonts.conf') } }
}

/** Only the font of the package, so that pages look the same on every machine. */
const fontsConfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir>${join(dirname(folder), 'fonts-cache')}</cachedir>
</fontconfig>
`

function launch({ program, env }: Found): Promise<Browser> {
  return playwright.launch({
    executablePath: program,
    headless: true,
    // In containers: no user namespaces for the sandbox, little shared memory, no graphics card.
    args: [
      ...['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
      // A microphone that beeps, which every page may use.
      ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    ],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    timeout: 20_000,
  })
}

/** The useful line of playwright's long error message, such as a missing library. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const library = /error while loading shared libraries: ([^:\s]+)/.exec(text)
  return library ? `${library[1]} is missing` : (text.split('\n')[0] ?? text)
}
