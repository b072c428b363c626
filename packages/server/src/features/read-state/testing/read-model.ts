import type { Answer } from '../../testing/doors.ts'

type Message = { seq: number; by: string }

/** What is unread in one room, counted message by message. */
export class ReadModel {
  readonly #messages: Message[] = []
  readonly #pointers = new Map<string, { read_seq: number; unread_from: number | null }>()
  last_seq = 0

  joined(user: string, seq: number): void {
    this.last_seq = Math.max(this.last_seq, seq)
    this.#pointers.set(user, { read_seq: seq, unread_from: null })
  }
  left(user: string): void {
    this.#pointers.delete(user)
  }
  isMember(user: string): boolean {
    return this.#pointers.has(user)
  }
  said(by: string, seq: number): void {
    this.last_seq = Math.max(this.last_seq, seq)
    this.#messages.push({ seq, by })
  }
  /** A message that is there; 0: none. */
  any(random: { oneOf<Item>(items: readonly Item[]): Item }): number {
    return this.#messages.length === 0 ? 0 : random.oneOf(this.#messages).seq
  }
  erased(seq: number): void {
    this.#messages.splice(
      this.#messages.findIndex((message) => message.seq === seq),
      1,
    )
  }
  read(user: string, seq: number, clears: boolean): void {
    const pointer = this.#pointers.get(user)
    if (!pointer) return
    pointer.read_seq = Math.max(pointer.read_seq, Math.min(seq, this.last_seq))
    if (clears) pointer.unread_from = null
  }
  mark(user: string, seq: number): void {
    const pointer = this.#pointers.get(user)
    if (pointer) pointer.unread_from = Math.min(seq, this.last_seq)
  }
  stateOf(user: string): Pick<Answer, string> | null {
    const pointer = this.#pointers.get(user)
    if (!pointer) return null
    const { read_seq, unread_from } = pointer
    const isUnread = ({ seq, by }: Message) =>
      by !== user && (seq > read_seq || (unread_from !== null && seq >= unread_from))
    return { read_seq, unread_from, unread: this.#messages.filter(isUnread).length }
  }
}
