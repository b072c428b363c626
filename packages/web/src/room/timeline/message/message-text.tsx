import { piecesOf } from './links.ts'

const fewEmoji = /^(?:\p{RGI_Emoji}\s?){1,3}$/v

/** The text of a message, never as markup, with links. */
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
