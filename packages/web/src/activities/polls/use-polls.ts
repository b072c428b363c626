import type { Parlor, Room } from '@parlor/client'
import { followPolls, type Polls, type PollView } from '@parlor/client/polls'
import { useEffect } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { useStore } from '../../use-store.ts'

/** The polls of each room that somebody shows: a vote in the conversation is one on the stage too. */
const shared = new WeakMap<Room, { polls: Polls; users: number }>()

function pollsIn(parlor: Parlor, room: Room): { polls: Polls; users: number } {
  const known = shared.get(room)
  if (known) return known
  const made = { polls: followPolls(parlor, room), users: 0 }
  shared.set(room, made)
  return made
}

export function usePolls(room: Room): { polls: Polls; all: ReadonlyMap<string, PollView> } {
  const { parlor } = useApp().session
  const of = pollsIn(parlor, room)
  useEffect(() => {
    of.users += 1
    return () => {
      of.users -= 1
      if (of.users > 0) return
      of.polls.end()
      shared.delete(room)
    }
  }, [of])
  return { polls: of.polls, all: useStore(of.polls) }
}
