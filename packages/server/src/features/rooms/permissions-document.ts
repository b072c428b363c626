import { may, permissions, roles } from './permissions.ts'

/** docs/permissions.md: the table as people read it. */
export function permissionsDocument(): string {
  const names = Object.keys(permissions).filter((name): name is keyof typeof permissions => name in permissions)
  const rows = names.map((name) => {
    const { text, actions } = permissions[name]
    const cells = roles.map((role) => (may(role, name) ? 'yes' : ''))
    return `| ${text} | ${cells.join(' | ')} | ${actions.map((action) => `\`${action}\``).join(', ')} |`
  })
  return `# Who may do what in a room

Made from \`packages/server/src/features/rooms/permissions.ts\` by \`npm run docs\`: change it there.

The *owner* made the room or was handed it, and may everything there, also while another hosts. The *host* of this table
stands in for an owner who is away. A *guest* is a member without an account. An *outsider* is signed in and no member,
*nobody* came without a token. Each change asks this table twice: before it begins, and inside its commit, where the role
is what it is at that moment.

| what | ${roles.join(' | ')} | asked by |
|---|${roles.map(() => ':-:').join('|')}|---|
${rows.join('\n')}
`
}
