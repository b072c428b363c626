import { createRoom, type Guest, signIn, type World } from '../../testing/world.ts'

export const contents = (messages: readonly { content: string }[]): string[] => messages.map(({ content }) => content)

/** Sends over REST; returns the whole reply. */
export const post = (world: World, { token }: Guest, room_id: string, body: object, key?: string) =>
  world.rest('POST', `/api/rooms/${room_id}/messages`, { token, body, ...(key === undefined ? {} : { key }) })

/** A room with several messages. */
export async function roomWith(world: World, count: number): Promise<{ id: string; host: Guest; said: string[] }> {
  const host = await signIn(world, 'Ann')
  const { id } = await createRoom(world, host)
  const said = Array.from({ length: count }, (_, index) => `message ${index}`)
  await Promise.all(said.map((content) => post(world, host, id, { content })))
  return { id, host, said }
}
