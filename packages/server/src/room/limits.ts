import type { LimitRow } from '../core/contract.ts'

const kib = 1024
const mib = 1024 * kib

/** The bounds that docs/config.md lists for operators. */
export const documentedEngineLimits = {
  eventBodyBytes: { value: 128 * kib, help: 'bytes of one stored event as JSON' },
  recordBytes: { value: 64 * kib, help: 'bytes of one record as JSON' },
  roomRecords: { value: 20_000, help: 'records in one room' },
  roomRecordBytes: { value: 64 * mib, help: 'bytes of all records of one room' },
  roomPendingCalls: {
    value: 1_000,
    help: 'calls that wait for the commit of one room; further calls are refused with room_busy',
  },
  roomAttached: { value: 5_000, help: 'connections attached to one room in one process (not the lobby)' },
  connectionRooms: { value: 200, help: 'rooms that one connection may be attached to' },
  clientBytes: {
    value: 64 * mib,
    help: 'backlog of all clients of one process: bytes for single clients that they have not read; at most a quarter of the heap limit',
  },
  ringBytes: {
    value: 64 * mib,
    help: 'bytes of frames kept in one process for slow consumers; at most a quarter of the heap limit',
  },
  presenceBytes: {
    value: 64 * mib,
    help: 'bytes of presence values in one process, and as many of ephemeral events for members that do not read; each at most a quarter of the heap limit',
  },
  roomPresenceBytes: { value: mib, help: 'bytes of presence values in one room' },
  userPresenceBytes: { value: 64 * kib, help: 'bytes of presence values of one user in one room, on all connections' },
} as const satisfies Record<string, LimitRow>

/** Widened to number, because tests use other figures. */
export const limitValue = (name: keyof typeof documentedEngineLimits): number => documentedEngineLimits[name].value

/** The engine's bounds (rules C7, C9, RC1, RC2, R3). Sizes of JSON text in bytes of UTF-8, times in ms. */
export const engineLimits = {
  pendingCalls: limitValue('roomPendingCalls'),
  batchCalls: 256,
  batchMs: 3,
  eventBytes: limitValue('eventBodyBytes'),
  recordBytes: limitValue('recordBytes'),
  records: limitValue('roomRecords'),
  recordsBytes: limitValue('roomRecordBytes'),
  /** Entries and bytes of changes that a recovery answers. */
  changes: 500,
  changesBytes: 256 * 1024,
  /** Events of a snapshot and their bytes, bytes of its records, and records of one page. */
  snapshotEvents: 50,
  snapshotEventBytes: 128 * 1024,
  snapshotBytes: 256 * 1024,
  /** Bytes of all snapshots that are cached for the next joins. */
  snapshotsBytes: 8 * 1024 * 1024,
  pageRecords: 2000,
  /** Bytes of log and records that a repair of a gap reads at most; beyond them every member starts over with a snapshot. */
  repairBytes: 4 * 1024 * 1024,
  tombstones: 1000,
  tombstoneMs: 30 * 86_400_000,
}
export type EngineLimits = typeof engineLimits

/** Whether the text is over `limit` bytes of UTF-8; most texts are so short that their length decides. */
export function isOver(text: string, limit: number): boolean {
  return text.length > limit || (text.length * 3 > limit && Buffer.byteLength(text) > limit)
}
