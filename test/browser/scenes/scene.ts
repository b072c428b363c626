import type { Server } from '../../harness/server.ts'
import type { Visitor } from '../harness/visitor.ts'

/** What a scene can use. */
export type Stage = {
  server: Server
  /** Runs when the scene is over. */
  defer(clear: () => void): void
}

/** A page in one of its states, which is tested and photographed. */
export type Scene = {
  name: string
  /** Resolves when the scene is complete. */
  open(visitor: Visitor, stage: Stage): Promise<void>
  /** Further scenes in the same page, each opened from the end of the previous one. */
  next?: readonly Omit<Scene, 'next'>[]
}
