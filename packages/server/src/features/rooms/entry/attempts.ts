import { addressRequests, type LocalBuckets, type Rate } from '../../../platform/limiter/limiter.ts'

/** Ms to wait before another attempt; 0: this one was counted and is allowed. */
type Wait = number | Promise<number>

/** Budgets of attempts: at passwords, at starting to wait, at making rooms. */
export type Attempts = {
  /** At one password (`at`), by one user. */
  byCaller(at: string): Wait
  /** From one address: at passwords of one kind. */
  byAddress(address: string, at: string): Wait
  toWait(address: string, room: number): Wait
  /** Rooms that guests and new accounts make from one address. */
  toMakeRooms(address: string): Wait
  /** At a room, by all users together; `giveBack` returns an attempt that was right, or was not made. */
  ofRoom: { take(room_id: string): Wait; giveBack(room_id: string): void }
  /** By one account, at a room whose budget is spent. */
  byAccount(at: string): Wait
}

export type AttemptRates = Readonly<
  Record<'password' | 'password_address' | 'password_room' | 'password_room_account' | 'waiting' | 'guest_rooms', Rate>
>

export function createAttempts(buckets: LocalBuckets, rates: AttemptRates): Attempts {
  const one = (name: keyof AttemptRates, key: string) => buckets.take(name, key, rates[name])
  const ofAddress = (name: keyof AttemptRates, address: string, at: string) =>
    buckets.takeAll(addressRequests(name, address, rates[name], 1, at))
  return {
    byCaller: (at) => one('password', at),
    byAddress: (address, at) => ofAddress('password_address', address, at),
    toWait: (address, room) => ofAddress('waiting', address, `${room}`),
    toMakeRooms: (address) => ofAddress('guest_rooms', address, ''),
    ofRoom: {
      take: (room_id) => one('password_room', room_id),
      giveBack: (key) => buckets.charge({ name: 'password_room', key, rate: rates.password_room, cost: -1 }),
    },
    byAccount: (at) => one('password_room_account', at),
  }
}
