/**
 * Copies the text of the field. False: not permitted, or the page is not served over HTTPS; then the text is selected for the
 * user to copy.
 */
export async function copyFrom(field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field?.value ?? '')
    return true
  } catch {
    field?.select()
    return false
  }
}
