import type { LimitRow } from '../core/contract.ts'

const kib = 1024
const mib = 1024 * kib

/** Bounds on what arrives. */
export const doorLimits = {
  frameBytes: { value: 8 * mib, help: 'bytes of one WebSocket message or polling body' },
  frameFragments: { value: 128, help: 'fragments of one WebSocket message' },
  requestBytes: { value: 8 * mib, help: 'bytes of one request body' },
  bodyPackets: { value: 1_000, help: 'Engine.IO packets in one polling body' },
  jsonValues: { value: 20_000, help: 'JSON values in one body or frame of more than 64 KiB' },
  headerBytes: { value: 16 * kib, help: 'bytes of the headers of one request' },
} as const satisfies Record<string, LimitRow>

/** Those of one request,s: tests have other figures. */
export const requestLimits = {
  requestBytes: doorLimits.requestBytes.value,
  headerBytes: doorLimits.headerBytes.value,
  jsonValues: doorLimits.jsonValues.value,
}
