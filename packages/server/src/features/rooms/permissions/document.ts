import type { AskedPermission } from '../../../core/catalogues/permissions.ts'
import { roles } from './permissions.ts'

/** The text of docs/permissions.md. */
export function permissionsDocument(permissions: readonly AskedPermission[]): string {
  const rows = permissions.map((permission) => {
    const cells = roles.map((role) => (permission.who.includes(role) ? 'yes' : ''))
    const askedBy = permission.actions.map((action) => `\`${action}\``).join(', ')
    return `| ${permission.text} | ${cells.join(' | ')} | ${askedBy} |`
  })
  return `# Who may do what in a room

Made from the permissions of each feature by \`npm run docs\`: change them there.

The *owner* made the room or received it from the former owner, and may do everything there, also while another hosts. A
stand-in for an absent owner makes no lasting changes. A *cohost* who stands in keeps a co-host's rights. A *host* in this
table is a member who stands in, or a guest in a room owned by a guest; they have the controls and may send out and let in,
which ends when the owner or a co-host is back. A *guest_host* is a guest who stands in for an owner with an account, and
has only the controls. A *guest* is a member without an account; a *sent_out* member is kept out for at most an hour. A
*non_member* is signed in but not a member; *anonymous* has no token. A room with a waiting room is like a private one to
both; banned users read neither kind. Each change checks this table twice: before it begins, and inside its
commit, with the role at that moment.

| permission | ${roles.join(' | ')} | checked by |
|---|${roles.map(() => ':-:').join('|')}|---|
${rows.join('\n')}
`
}
