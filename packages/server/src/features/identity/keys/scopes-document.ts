import { type ForKeys, scopes } from '../../../core/scope.ts'

type Called = { readonly name: string; readonly contract: ForKeys }

/** The part of docs/permissions.md about API keys. */
export function scopesDocument(called: readonly Called[]): string {
  const under = (scope: string) => called.filter(({ contract }) => contract.scope === scope).map(nameOf)
  const rows = scopes.map((scope) => `| \`${scope}\` | ${[...(beside[scope] ?? []), ...under(scope)].join(', ')} |`)
  return `
# What an API key may do

Made from the contracts of each feature by \`npm run docs\`: change them there.

A key acts as its user: it may do what its user may, of that what its scopes name, and if it is limited to rooms, only there.
No scope includes another. A scope without actions is there for keys that are made before its actions are. Calls marked with *
concern no room, so a key that is limited to rooms may make them; those with † are allowed where the thing that they name is of
one of its rooms; else the call must name one of them.

| scope | calls |
|---|---|
${rows.join('\n')}
| any key | ${under('any').join(', ')} |
| no key | ${under('none').join(', ')} |
`
}

/** What is no action. */
const beside: Readonly<Record<string, readonly string[]>> = {
  'messages:read': ['event streams, connecting a socket'],
  'members:write': ['becoming a member by `rooms.attach`'],
}

const nameOf = ({ name, contract }: Called): string =>
  `\`${name}\`${contract.roomless ? '*' : ''}${contract.findsRoom ? '†' : ''}`
