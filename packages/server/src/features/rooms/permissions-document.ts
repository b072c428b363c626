import type { AskedPermission } from '../../core/permission-catalogue.ts'
import { roles } from './permissions.ts'

/** docs/permissions.md: the permissions as people read them. */
export function permissionsDocument(permissions: readonly AskedPermission[]): string {
  const rows = permissions.map((permission) => {
    const cells = roles.map((role) => (permission.who.includes(role) ? 'yes' : ''))
    const askedBy = permission.actions.map((action) => `\`${action}\``).join(', ')
    return `| ${permission.text} | ${cells.join(' | ')} | ${askedBy} |`
  })
  return `# Who may do what in a room

Made from the permissions of each feature by \`npm run docs\`: change them there.

The *owner* made the room or was handed it, and may everything there, also while another hosts. Who stands in for an owner
who is away leaves nothing that lasts: a *cohost* keeps the rights of one; a *host* of this table is a member who stands
in, or a guest in the room of a guest, and has controls and order, which ends when the owner or a co-host is back; a
*guest_host* is a guest who stands in for an owner with an account, and has the controls alone. A *guest* is a member
without an account, who is *sent_out* a member who is kept out for a while. An *outsider* is signed in and no member,
*nobody* came without a token. In a room with a waiting room, outsiders and nobody read as in a private one; who is banned
reads neither kind. Each change asks this table twice: before it begins, and inside its commit, where the role is what it
is at that moment.

| what | ${roles.join(' | ')} | asked by |
|---|${roles.map(() => ':-:').join('|')}|---|
${rows.join('\n')}
`
}
