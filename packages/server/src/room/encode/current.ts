import type { AnyEventType, RecordType, StoredEvent, StoredRecord } from '../../core/contract.ts'
import { currentText } from '../../core/stored.ts'
import { Memo } from './memo.ts'

/** Bytes of upgraded rows that are cached, in each of two generations. */
const keptBytes = 1024 * 1024
const rowBytes = 300

/**
 * Rows in the current version of their type: the same object if it is current already, null if it cannot be upgraded (core
 * rule SD2). An upgraded row is cached, so that the texts made of it are cached too.
 */
export function createCurrent() {
  const events = new Memo<StoredEvent, StoredEvent>(keptBytes)
  const records = new Memo<StoredRecord, StoredRecord>(keptBytes)

  return {
    event(type: AnyEventType, event: StoredEvent): StoredEvent | null {
      const { v, body: schema, upcast } = type
      if (event.v !== v) {
        const known = events.get(event)
        if (known) return known
      }
      const body = currentText({ v, schema, upcast }, event.v, event.body)
      if (body === null) return null
      if (event.v === v) return event
      const current = { ...event, v, body }
      events.set(event, current, body.length + rowBytes)
      return current
    },

    record<R extends StoredRecord>(type: RecordType, record: R): R | StoredRecord | null {
      const { v, value: schema, upcast } = type
      if (record.value === null) return record
      if (record.v !== v) {
        const known = records.get(record)
        if (known) return known
      }
      const value = currentText({ v, schema, upcast }, record.v, record.value)
      if (value === null) return null
      if (record.v === v) return record
      const { key, seq, actor, at } = record
      const current: StoredRecord = { type: type.name, key, seq, v, value, actor, at }
      records.set(record, current, value.length + rowBytes)
      return current
    },
  }
}
