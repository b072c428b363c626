import type { Room } from '@parlor/client'

/** The files of the tray, for the composer: how a message is sent with them. */
export type Carry = {
  /** None of them has failed. */
  isReady: boolean
  send: Room['send']
}
