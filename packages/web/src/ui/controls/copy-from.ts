export const copyIcon =
  'M9 9h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM15 9V5a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h4'

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
