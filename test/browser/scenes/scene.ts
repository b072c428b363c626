import type { Server } from '../../harness/server.ts'
import type { Visitor } from '../harness/visitor.ts'

/** What a scene is set on. */
export type Stage = {
  server: Server
  /** Runs when the scene is over. */
  defer(clear: () => void): void
}

/** A page in one of its states: as a test judges it, and as a picture shows it. */
export type Scene = {
  name: string
  /** Resolves when everything that belongs to it is there. */
  open(visitor: Visitor, stage: Stage): Promise<void>
  /** Scenes that are opened one after the other in the same page, each from where the one before ends. */
  next?: readonly Omit<Scene, 'next'>[]
}
