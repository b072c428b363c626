import { isObject, type JsonObject } from './schema.ts'

/** The messages of an AsyncAPI document as one plain HTML page: what clients send and receive. */
export function eventsPage(document: JsonObject, basePath: string): string {
  const messages = Object.entries(objectAt(document, 'components', 'messages'))
  const incoming = messages.filter(([key]) => key.startsWith('in.'))
  const outgoing = messages.filter(([key]) => !/^(in|ack)\./.test(key))
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Parlor: events</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
      code, pre { font: 14px/1.4 ui-monospace, monospace }
      pre { overflow: auto; padding: .75rem; border: 1px solid #8884; border-radius: .25rem }
      section { border-top: 1px solid #8884; margin-top: 1rem }
      :root { color-scheme: light dark }
    </style>
  </head>
  <body>
    <h1>Parlor: events</h1>
    <p>Every client event takes an acknowledgement: <code>{ok: true, data}</code> or
      <code>{ok: false, error, code, retry}</code>. Without one a failure arrives as <code>error</code>.
      The same as a document: <a href="${basePath}/docs/asyncapi.json">AsyncAPI 3.0</a>. The REST paths: <a href="${basePath}/docs">OpenAPI 3.1</a>.</p>
    <h2>What clients send</h2>
${incoming.map(([key, message]) => section(message, objectAt(document, 'components', 'messages', key.replace('in.', 'ack.')))).join('\n')}
    <h2>What clients hear</h2>
${outgoing.map(([, message]) => section(message, null)).join('\n')}
  </body>
</html>
`
}

function section(message: unknown, ack: JsonObject | null): string {
  const { name, title, summary, description, payload } = isObject(message) ? message : {}
  const data = ack ? dataOf(ack) : undefined
  return `    <section>
      <h3><code>${escape(name)}</code> <small>${title === name ? '' : escape(title)}</small></h3>
      <p>${escape(summary)}</p>${description === undefined ? '' : `\n      <p>${escape(description)}</p>`}
      ${schema('Payload', payload)}${data === undefined ? '' : schema('Acknowledged with', data)}
    </section>`
}

const schema = (label: string, value: unknown): string =>
  `<details><summary>${label}</summary><pre>${escape(JSON.stringify(value, null, 2))}</pre></details>`

/** The `data` of a successful acknowledgement. */
function dataOf(ack: JsonObject): unknown {
  const branches = objectAt(ack, 'payload')['oneOf']
  const success: unknown = Array.isArray(branches) ? branches[0] : undefined
  return isObject(success) ? objectAt(success, 'properties')['data'] : undefined
}

function objectAt(value: JsonObject, ...path: readonly string[]): JsonObject {
  let at: unknown = value
  for (const name of path) at = isObject(at) ? at[name] : undefined
  return isObject(at) ? at : {}
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Plain text as HTML, with `code` marked. */
const escape = (value: unknown): string =>
  String(value)
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
