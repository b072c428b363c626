export const preferenceLimits = {
  preferenceRooms: { value: 1_000, help: 'rooms in which one person has preferences' },
} as const
