import { createRoom, type Guest, signInGuest } from '../../harness/rest.ts'
import { connect, type SocketClient } from '../../harness/socket-client.ts'

/** A room with ten others, who send what the test asks them to. */
export async function busyRoom(url: string) {
  const host = await signInGuest(url, 'Ben')
  const { id: room_id } = await createRoom(url, host)
  const guests: Guest[] = await Promise.all(Array.from({ length: 9 }, (_, index) => signInGuest(url, `Guest ${index}`)))
  const senders = await Promise.all([host, ...guests].map(({ token }) => connect(url, { token })))
  for (const sender of senders) await sender.ask('join_room', { room_id })
  return {
    room_id,
    senders,
    /** Starts sending at a steady rate; disposing ends it. */
    talk(perSecond: number) {
      let sent = 0
      const timer = setInterval(() => {
        sent += 1
        senders[sent % senders.length]?.socket.emit('send_message', { room_id, content: `Talk ${sent}` })
      }, 1000 / perSecond)
      return {
        get sent() {
          return sent
        },
        [Symbol.dispose]: () => clearInterval(timer),
      }
    },
  }
}

/** Sends messages with these numbers at once, from the senders in rotation; resolves when all are stored. */
export async function sendAll(
  senders: readonly SocketClient[],
  room_id: string,
  from: number,
  to: number,
): Promise<void> {
  const sends: Promise<unknown>[] = []
  for (let number = from; number <= to; number++) {
    const sender = senders[number % senders.length]
    if (sender) sends.push(sender.ask('send_message', { room_id, content: `Message ${number}` }))
  }
  await Promise.all(sends)
}
