import type { Attacker } from './attacker-context.ts'
import type { AttackSocket, SocketOptions } from './client/socket.ts'

export type Crowd = { people: number; joinWithinMs: number; sendEveryMs: number; talkMs: number }

export const wholeCrowd: Crowd = { people: 300, joinWithinMs: 20_000, sendEveryMs: 5000, talkMs: 60_000 }
export const shortCrowd: Crowd = { people: 100, joinWithinMs: 2000, sendEveryMs: 2000, talkMs: 2500 }

/**
 * People behind one address, as in a school or an office: each connects without a token, joins the room and sends
 * messages. Refusals count as `crowd refused`, the time of each answer as `crowd`.
 */
export async function comeAndTalk(
  { open, sleep, tally }: Pick<Attacker<unknown>, 'open' | 'sleep' | 'tally'>,
  room_id: string,
  crowd: Crowd,
  more: Partial<SocketOptions> = {},
): Promise<void> {
  tally.count('crowd refused', 0)
  async function timed(socket: AttackSocket, event: string, payload: object) {
    const began = performance.now()
    const { code } = await socket.request(event, payload)
    tally.time('crowd', performance.now() - began)
    if (code !== null) tally.count('crowd refused')
  }
  const { people, joinWithinMs, sendEveryMs, talkMs } = crowd
  const began = performance.now()
  const ends = began + joinWithinMs + talkMs
  await Promise.all(
    Array.from({ length: people }, async (_, n) => {
      await sleep((n * joinWithinMs) / people)
      const socket = await open(n, more)
      if (!socket) return tally.count('crowd refused')
      await timed(socket, 'join_room', { room_id })
      for (let m = 0; performance.now() < ends; m++) {
        await timed(socket, 'send_message', { room_id, content: `Message ${m} of person ${n}` })
        await sleep(sendEveryMs)
      }
      socket.destroy()
    }),
  )
}
