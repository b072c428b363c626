import type { ShownPreferences } from './contract.ts'
import type { PreferencesTables } from './tables.ts'

export type StoredPreferences = Omit<PreferencesTables['room_preferences'], 'user' | 'room'>

/** The fields of a change, parsed; an absent one stays as it is (rule PF3). Times in ms. */
export type Changes = {
  notify?: 'all' | 'none' | null | undefined
  until?: number | null | undefined
  favorite?: boolean | null | undefined
  group?: string | null | undefined
}

const timeOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** As the wire shows them at `now` (rules PF1, PF2 and PF7); without a row nothing was set. */
export function shownAt(now: number, row: StoredPreferences | undefined): Omit<ShownPreferences, 'room_id'> {
  const isQuiet = row?.notify === 'none' && (row.until === null || row.until > now)
  return {
    notify: isQuiet ? 'none' : 'all',
    until: isQuiet ? timeOf(row.until) : null,
    favorite: row?.favorite === 1,
    group: row?.group_name ?? null,
    changed_at: timeOf(row?.changed_at ?? null),
  }
}

/** As fields of an item in the list of one's rooms, as JSON texts (rule PF4). */
export function fieldsAt(now: number, row: StoredPreferences | undefined): Record<string, string> {
  const { notify, until, favorite, group, changed_at } = shownAt(now, row)
  return {
    notify: JSON.stringify(notify),
    notify_until: JSON.stringify(until),
    favorite: JSON.stringify(favorite),
    group: JSON.stringify(group),
    preferences_at: JSON.stringify(changed_at),
  }
}
