import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { piecesOf } from './links.ts'

const linksIn = (text: string) => piecesOf(text).flatMap(({ href }) => (href === null ? [] : [href]))

describe('links in a text', () => {
  it('are web addresses, and the text around them stays as it is', () => {
    assert.deepEqual(piecesOf('See https://example.org/a?b=c#d, then call'), [
      { text: 'See ', href: null },
      { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
      { text: ', then call', href: null },
    ])
  })

  it('do not include punctuation that ends the sentence', () => {
    assert.deepEqual(linksIn('Is it https://example.org/x? (https://example.org/y). “https://example.org/z”'), [
      'https://example.org/x',
      'https://example.org/y',
      'https://example.org/z',
    ])
    assert.deepEqual(linksIn('https://en.wikipedia.org/wiki/Parlor_(room)'), [
      'https://en.wikipedia.org/wiki/Parlor_(room)',
    ])
  })

  it('may begin with www, or be mail addresses', () => {
    assert.deepEqual(piecesOf('(www.example.org/a), or ann.lee+tea@mail.example.org.'), [
      { text: '(', href: null },
      { text: 'www.example.org/a', href: 'https://www.example.org/a' },
      { text: '), or ', href: null },
      { text: 'ann.lee+tea@mail.example.org', href: 'mailto:ann.lee+tea@mail.example.org' },
      { text: '.', href: null },
    ])
    for (const text of ['www.', 'www.example', 'xwww.a.b', 'ann@home', '@ann', 'a@b@c.de', 'ftp://a@b.de'])
      assert.deepEqual(linksIn(text), [], text)
  })

  it('are http, https and mail only', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,x',
      'xhttp://example.org',
      'http://',
      'https://?x',
      'ftp://a.b',
    ])
      assert.deepEqual(linksIn(text), [], text)
  })

  it('keep every character of the text', () => {
    for (const text of ['', 'a\nb', 'http://a.b http://c.d', 'https://a.b/<b>c</b>', '👩‍🚀https://a.b'])
      assert.equal(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(''),
        text,
      )
  })

  it('are found quickly in 20,000 characters', { timeout: 5000 }, () => {
    assert.deepEqual(linksIn(`https://a.b/(x)${')'.repeat(19_900)}`), ['https://a.b/(x)'])
    for (const piece of ['a.', 'a@', '-']) assert.deepEqual(linksIn(piece.repeat(20_000 / piece.length)), [], piece)
  })
})
