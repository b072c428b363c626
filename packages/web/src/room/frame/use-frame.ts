import type { Room, RoomInfo } from '@parlor/client'
import { useEffect } from 'preact/hooks'
import type { Activity } from '../../activities/activity.ts'
import { ground, others } from '../../activities/list.ts'
import { useApp } from '../../app-context.ts'
import { type Place, roomPath } from '../../router.ts'
import { useStore } from '../../use-store.ts'
import { useLayout } from '../../layout.ts'
import { noPanel, shownAt, type Shown } from './place.ts'
import { useLive } from './use-live.ts'

export type Frame = Shown & {
  /** The activities that the room has, the ground first. */
  on: readonly Activity[]
  live: ReadonlySet<string>
  hrefOf(activity: Activity): string
  showPanel(panel: string): void
  closePanel(): void
}

/** What fills the stage, and which panel is open: the address says it (rule W9). */
export function useFrame(room: Room, info: RoomInfo): Frame {
  const { router } = useApp()
  const route = useStore(router.route)
  const place: Place = route.page === 'room' && route.room_id === room.id ? route : nowhere
  const layout = useLayout()
  const on: readonly [Activity, ...Activity[]] = [ground, ...others.filter((activity) => activity.isOn(info))]
  const live = useLive(room, others)
  const shown = shownAt(place, layout, on)
  useFocusAfter(shown.panel)
  return {
    ...shown,
    on,
    live,
    hrefOf: (activity) =>
      roomPath(room.id, null, { activity: activity === ground ? null : activity.name, panel: null }),
    showPanel: (panel) => router.showPanel(panel),
    closePanel: () => router.showPanel(shown.fills === ground ? null : noPanel),
  }
}

const nowhere: Place = { activity: null, panel: null }

/** A dialog gives the focus back by itself; a panel that closes takes it along if it had it. */
function useFocusAfter(panel: string | null): void {
  useEffect(() => {
    if (panel === null) return
    return () => {
      if (document.activeElement === document.body) document.getElementById('room-people')?.focus()
    }
  }, [panel === null])
}
