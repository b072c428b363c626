import './styles/tokens.css'
import './styles/base.css'
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { render } from 'preact'
import { AppView } from './app.tsx'
import { type App, AppContext } from './app-context.ts'
import { createRouter } from './router.ts'
import { createSession } from './session.ts'
import { createSettings, type Settings } from './settings.ts'
import { type Language, loadTexts, type Texts } from './texts/texts.ts'
import { createToasts } from './toasts.ts'

const root = document.getElementById('app')
if (root) await start(root)

async function start(root: HTMLElement): Promise<void> {
  const settings = createSettings(storageIfAllowed(), navigator.languages)
  const texts = await followLanguage(settings)
  const toasts = createToasts()
  const session = createSession(() => toasts.show({ text: texts.value.t('error.session_ended'), failed: true }))
  const app: App = { settings, texts, toasts, session, router: createRouter(window) }
  effect(() => {
    document.documentElement.dataset['theme'] = settings.theme.value
  })
  render(
    <AppContext.Provider value={app}>
      <AppView />
    </AppContext.Provider>,
    root,
  )
}

/**
 * The texts of the chosen language; until they are loaded, or if they cannot be, those of the previous one or English.
 */
async function followLanguage({ language }: Settings): Promise<ReadonlySignal<Texts>> {
  const texts = signal(await loadTexts(language.value).catch(() => loadTexts('en')))
  const follow = async (wanted: Language) => {
    const loaded = await loadTexts(wanted)
    if (wanted !== language.peek()) return
    texts.value = loaded
    document.documentElement.lang = wanted
  }
  effect(() => {
    follow(language.value).catch((thrown: unknown) => console.error(thrown))
  })
  return texts
}

/** Null where the browser allows no storage: the app works without. */
function storageIfAllowed(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
