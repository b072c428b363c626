import type { ActionContract, NamedPermission } from '../contract.ts'

/** The permissions of each feature by its name. */
export type PermissionsByPart = Readonly<Record<string, Readonly<Record<string, NamedPermission>>>>
type Asking = { readonly name: string; readonly contract: ActionContract }

/** A permission and the actions whose rules check it. */
export type AskedPermission = NamedPermission & { readonly actions: readonly string[] }

/** All permissions, in the order in which their features define them, with the actions that check them. */
export const permissionCatalogue = (parts: PermissionsByPart, actions: readonly Asking[]): readonly AskedPermission[] =>
  Object.values(parts)
    .flatMap((permissions) => Object.values(permissions))
    .map((permission) => ({ ...permission, actions: askingFor(permission.name, actions) }))

/** The faults in the permissions of these features and actions (rule PM1), as sentences. */
export function permissionFaults(parts: PermissionsByPart, actions: readonly Asking[]): string[] {
  const names = Object.values(parts).flatMap((permissions) => Object.keys(permissions))
  const twice = names.filter((name, at) => names.indexOf(name) !== at)
  const asked = actions.flatMap(({ name: action, contract }) =>
    (contract.permissions ?? []).map(({ name }) => ({ action, name })),
  )
  const idle = names.filter((name) => askingFor(name, actions).length === 0)
  return [
    ...[...new Set(twice)].map((name) => `Two features define the permission ${name}: rename one of them.`),
    ...asked
      .filter(({ name }) => !names.includes(name))
      .map(
        ({ action, name }) =>
          `${action} asks for the permission ${name}, which no feature hands over: add it to the permissions of the Feature that defines it.`,
      ),
    ...idle.map(
      (name) =>
        `No action asks for the permission ${name}: name it in the contract of the action that does, or remove it.`,
    ),
  ]
}

const askingFor = (name: string, actions: readonly Asking[]): string[] =>
  actions
    .filter(({ contract }) => contract.permissions?.some((permission) => permission.name === name))
    .map((action) => action.name)
