/** What every measurement of one run shares. */
export type Context = {
  /** Under load, before the window. */
  warmUpMs: number
  windowMs: number
  /** Generator processes. */
  generators: number
  /** Of /proc, per second. */
  ticksPerSecond: number
  /** A folder for CPU profiles of Parlor, if asked for. */
  profileTo: string | undefined
}
