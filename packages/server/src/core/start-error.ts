/** Stops the start for a reason that the operator can fix. The message says how; it is printed without a stack. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
}
