/** The icon of searching. */
export const lens = 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.2 15.2L20 20'

/** Whether the keyboard is Apple's, on which ⌘ stands for Ctrl. */
export const isApple = (): boolean => /^(Mac|iP)/.test(navigator.platform)

/** `aria-keyshortcuts` of the palette. */
export const paletteKeys = (): string => (isApple() ? 'Meta+K' : 'Control+K')

/** Ctrl K, on Apple's keyboards ⌘ K, in any layout in which a key types K. */
export const opensPalette = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === 'k' && (isApple() ? metaKey && !ctrlKey : ctrlKey && !metaKey) && !altKey && !shiftKey
