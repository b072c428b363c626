/** What stops the start and a person can mend. The message says the way on; it is read without a stack. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
}
