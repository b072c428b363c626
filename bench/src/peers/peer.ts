/** A server under measurement, in a process of its own. */
export type Peer = {
  name: string
  port: number
  pid: number
  /** The handshake's `auth` of a client that only talks in its room. */
  auth: Readonly<Record<string, string | boolean>> | null
  /** Makes rooms that anyone may join, and answers their ids. */
  makeRooms(count: number): Promise<string[]>
  /** The 99th percentile of the event loop's delay since the last reading, in seconds; NaN where the peer does not tell. */
  readLoopDelay(): Promise<number>
  /** The end of its log. */
  lastWords(): string
  /** Ends the process and removes what it stored. */
  stop(): Promise<void>
}
