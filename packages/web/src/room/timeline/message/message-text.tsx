import { piecesOf } from './links.ts'

const fewEmoji = /^(?:\p{RGI_Emoji}\s?){1,3}$/v

/** What somebody wrote: as it is, never as markup, with its addresses as links. */
export function MessageText({ text }: { text: string }) {
  return (
    <p class="message-text" dir="auto" data-emoji={fewEmoji.test(text) || undefined}>
      {piecesOf(text).map(({ text, href }) =>
        href === null ? (
          text
        ) : (
          <a
            href={href}
            target={href.startsWith('mailto:') ? undefined : '_blank'}
            rel="noopener noreferrer nofollow ugc"
            dir="ltr"
          >
            {text}
          </a>
        ),
      )}
    </p>
  )
}
