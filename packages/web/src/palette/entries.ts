import type { IconName } from '../ui/icon.tsx'
import type { TileRoom } from '../ui/room-tile.tsx'

/** Something that the palette finds: a room, a person or an action. */
export type Entry = {
  /** Stable: recent ones are kept by it. */
  id: string
  kind: 'room' | 'person' | 'action'
  label: string
  /** Beside the label. */
  hint?: string | undefined
  /** As `aria-keyshortcuts` writes it: `Alt+ArrowDown`. */
  keys?: string | undefined
  icon: IconName
  /** Whose tile stands in place of the icon. */
  room?: TileRoom | undefined
  run(): void
}

export type Group = { kind: 'recent' | Entry['kind']; entries: readonly Entry[] }

const order = ['room', 'person', 'action'] as const
/** Entries of one group, and of recent ones. */
const most = { group: 8, recent: 5 }

/** As it is compared: without case and accents. */
const keyOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .trim()

/** 0: the label begins with what was typed; 1: a word does; 2: the label holds it; null: it does not. */
export function fitOf(typed: string, label: string): 0 | 1 | 2 | null {
  const [key, text] = [keyOf(typed), keyOf(label)]
  if (text.startsWith(key)) return 0
  if (text.split(/[\s\p{P}]+/u).some((word) => word.startsWith(key))) return 1
  return text.includes(key) ? 2 : null
}

/** What the palette shows for what was typed. Without anything the recent entries come first, and none stands twice. */
export function groupsFor(typed: string, all: readonly Entry[], recent: readonly string[]): readonly Group[] {
  const isBlank = typed.trim() === ''
  const byId = new Map(all.map((entry) => [entry.id, entry]))
  const first = isBlank ? recent.flatMap((id) => byId.get(id) ?? []).slice(0, most.recent) : []
  const placeOf = ({ id }: Entry) => (recent.includes(id) ? recent.indexOf(id) : recent.length)
  const groups = order.map((kind): Group => {
    const fitting = all
      .filter((entry) => entry.kind === kind && !first.includes(entry))
      .flatMap((entry) => {
        const fit = fitOf(typed, entry.label)
        return fit === null ? [] : [{ entry, fit }]
      })
      .toSorted((one, other) => one.fit - other.fit || placeOf(one.entry) - placeOf(other.entry))
    return { kind, entries: fitting.slice(0, most.group).map(({ entry }) => entry) }
  })
  return [{ kind: 'recent' as const, entries: first }, ...groups].filter(({ entries }) => entries.length > 0)
}

/** The ids of recent entries, after this one was chosen. */
export const withRecent = (recent: readonly string[], id: string): string[] =>
  [id, ...recent.filter((each) => each !== id)].slice(0, 20)
