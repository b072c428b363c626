import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSettings, languageFor } from './settings.ts'

describe('the language', () => {
  it('is the first of the browser’s languages that the app has', () => {
    assert.equal(languageFor(['es-MX', 'en']), 'es')
    assert.equal(languageFor(['fr', 'es', 'en']), 'es')
    assert.equal(languageFor(['en-GB', 'es']), 'en')
  })
  it('is found in POSIX locale names too', () => {
    assert.equal(languageFor(['es_ES.UTF-8', 'en-US@posix']), 'es')
    assert.equal(languageFor(['en-US@posix', 'es']), 'en')
  })
  it('is English if the app has none of them', () => assert.equal(languageFor(['fr', 'de-AT']), 'en'))
})

describe('the settings', () => {
  it('[NO5] follow what another tab has stored', () => {
    const storage = memoryStorage()
    const [one, two] = [createSettings(storage, ['en']), createSettings(storage, ['en'])]
    assert.deepEqual([two.notifications.get(), two.sound.get(), two.theme.get()], ['off', 'off', 'system'])
    one.notifications.set('on')
    one.theme.set('dark')
    two.readAgain()
    assert.deepEqual([two.notifications.get(), two.sound.get(), two.theme.get()], ['on', 'off', 'dark'])
    one.notifications.set('off')
    two.readAgain()
    assert.equal(two.notifications.get(), 'off')
  })
  it('last as long as the page where the browser allows no storage', () => {
    const settings = createSettings(null, ['en'])
    settings.sound.set('on')
    settings.readAgain()
    assert.equal(settings.sound.get(), 'on')
  })
})

/** A browser's storage, which two tabs share. */
function memoryStorage(): Storage {
  const values = new Map<string, string>()
  return {
    get length() {
      return values.size
    },
    key: (place) => [...values.keys()][place] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  }
}
