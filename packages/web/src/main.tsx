import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import { createStore, type Store } from '@parlor/client/store'
import { render } from 'preact'
import { useMemo } from 'preact/hooks'
import { AppView } from './app.tsx'
import { type App, AppContext } from './app-context.ts'
import { createPageTitle } from './page-title.ts'
import { createRouter } from './router.ts'
import { createSession } from './session.ts'
import { createSettings, type Settings } from './settings.ts'
import { type Language, loadTexts, type Texts } from './texts/texts.ts'
import { createToasts } from './toasts.ts'
import { useStore } from './use-store.ts'

const root = document.getElementById('app')
if (root) await start(root)

async function start(root: HTMLElement): Promise<void> {
  const settings = createSettings(storageIfAllowed(), navigator.languages)
  const { texts, loadAllTexts } = await followLanguage(settings)
  const toasts = createToasts()
  const session = createSession(() => toasts.show({ text: texts.get().t('error.session_ended'), failed: true }))
  session.parlor.on('broadcast', ({ content }) => content !== null && toasts.show({ text: content, stays: true }))
  followTheme(settings)
  addEventListener('storage', settings.readAgain)
  const parts = {
    settings,
    toasts,
    session,
    router: createRouter(window),
    title: createPageTitle(window),
    loadAllTexts,
  }
  render(<Root parts={parts} texts={texts} />, root)
}

function Root({ parts, texts: store }: { parts: Omit<App, 'texts'>; texts: Store<Texts> }) {
  const texts = useStore(store)
  const app = useMemo(() => ({ ...parts, texts }), [texts])
  return (
    <AppContext.Provider value={app}>
      <AppView />
    </AppContext.Provider>
  )
}

function followTheme({ theme }: Settings): void {
  const follow = () => {
    document.documentElement.dataset['theme'] = theme.get()
  }
  follow()
  theme.subscribe(follow)
}

/**
 * The texts of the chosen language; until they are loaded, or if they cannot be, those of the previous one or English.
 */
async function followLanguage({ language }: Settings): Promise<Pick<App, 'loadAllTexts'> & { texts: Store<Texts> }> {
  const first = await loadTexts(language.get(), { withRest: false }).catch(() => loadTexts('en', { withRest: false }))
  const texts = createStore(first)
  let withRest = false
  const show = (loaded: Texts) => {
    texts.set(loaded)
    document.documentElement.lang = loaded.language
  }
  const follow = async (wanted: Language) => {
    const loaded = await loadTexts(wanted, { withRest })
    // The rest may have been asked for meanwhile, or another language.
    if (wanted === language.get() && (loaded.all || !withRest)) show(loaded)
  }
  show(first)
  language.subscribe(() => void follow(language.get()).catch((thrown: unknown) => console.error(thrown)))
  return {
    texts,
    async loadAllTexts() {
      if (texts.get().all) return
      withRest = true
      const loaded = await loadTexts(texts.get().language, { withRest })
      if (!texts.get().all) show(loaded)
    },
  }
}

/** Null where the browser allows no storage: the app works without. */
function storageIfAllowed(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
