import { coreErrors, type DefinedError, definedError, type Failure } from '../error.ts'

/** The codes of each part by its name, as `defineErrors` made them. */
export type ErrorsByPart = Readonly<Record<string, Readonly<Record<string, DefinedError>>>>
type Announcing = { readonly name: string; readonly contract: { readonly errors: readonly Failure[] } }

/** The core's codes and those of the parts, each once, by status and name (rule ER1). */
export function errorCatalogue(parts: ErrorsByPart): readonly DefinedError[] {
  const all = new Map(everyOne(parts).map(({ defined }) => [defined.code, defined]))
  return [...all.values()].toSorted((one, other) => one.status - other.status || (one.code < other.code ? -1 : 1))
}

/** The faults in the codes of these parts and actions (rule ER2), as sentences. */
export function errorFaults(parts: ErrorsByPart, actions: readonly Announcing[]): string[] {
  const all = everyOne(parts)
  const first = new Map(all.toReversed().map((each) => [each.defined.code, each]))
  const quarrels = all.flatMap(({ part, defined }) => {
    const known = first.get(defined.code)
    if (!known || isSame(known.defined, defined)) return []
    return [`${known.part} and ${part} mean different things by the error ${defined.code}: rename one of them.`]
  })
  const unknown = actions.flatMap(({ name, contract }) => {
    const codes = contract.errors.map((failure) => definedError(failure).code).filter((code) => !first.has(code))
    return codes.map(
      (code) =>
        `${name} announces the error ${code}, which no part hands over: add it to the errors of the Feature that defines it.`,
    )
  })
  return [...quarrels, ...unknown]
}

const everyOne = (parts: ErrorsByPart): { part: string; defined: DefinedError }[] =>
  Object.entries({ core: coreErrors, ...parts }).flatMap(([part, errors]) =>
    Object.values(errors).map((defined) => ({ part, defined })),
  )

const isSame = (one: DefinedError, other: DefinedError): boolean =>
  one.status === other.status &&
  one.text === other.text &&
  one.retry === other.retry &&
  one.retry_after === other.retry_after
