/** Icons of files, which are loaded with what shows them. */
export const fileIcons = {
  file: 'M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
} as const
