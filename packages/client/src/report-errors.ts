/** Calls a listener. If it throws, the others are still called, and the error is reported as uncaught. */
export function reportErrors(call: () => void): void {
  try {
    call()
  } catch (thrown) {
    setTimeout(() => {
      throw thrown
    })
  }
}
