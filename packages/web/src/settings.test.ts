import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { languageFor } from './settings.ts'

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
