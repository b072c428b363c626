import type { Attacker } from '../../attacker-context.ts'
import { frameOf } from '../../client/socket.ts'
import { comeAndTalk, shortCrowd, wholeCrowd } from '../../crowd.ts'
import { nginxMissing } from '../../../harness/proxies/nginx.ts'
import { startNginx } from '../../nginx.ts'
import { defineScenario, type Bound } from '../../scenario.ts'
import { guests, room, type Stand } from '../../stand.ts'

type Stage = { room_id: string }

async function setup({ url }: Stand): Promise<Stage> {
  const [host] = await guests(url, 1, 'Host')
  if (!host) throw new Error('no host')
  return { room_id: await room(url, host) }
}

const crowdOf = (isShort: boolean) => (isShort ? shortCrowd : wholeCrowd)

async function attack(attacker: Attacker<Stage>): Promise<void> {
  await comeAndTalk(attacker, attacker.stage.room_id, crowdOf(attacker.isShort))
}

const bounds: Readonly<Record<string, Bound | null>> = {
  'crowd refused': { most: 0 },
  'crowd p95': { most: 500 },
  told: null,
}

export const honestCrowd = defineScenario({
  name: 'honest crowd',
  what: '300 guests of one address join one room within 20 s, and each sends every 5 s for a minute.',
  rounds: 1,
  isCrowd: true,
  setup,
  attack,
  bounds,
})

export const crowdBesideFlood = defineScenario({
  name: 'crowd beside a flood',
  what: 'The same while another address joins, reads and sends as fast as 50 sockets can.',
  rounds: 1,
  isCrowd: true,
  setup,
  attack,
  async meanwhile({ openMany, sleep, isShort, stage: { room_id } }) {
    const { joinWithinMs, talkMs } = crowdOf(isShort)
    const flood = [
      frameOf(`42${JSON.stringify(['join_room', { room_id: 'lobby' }])}`),
      frameOf(`42${JSON.stringify(['message', { content: 'm'.repeat(5000) }])}`),
      frameOf(`42${JSON.stringify(['send_message', { room_id, content: 'm'.repeat(5000) }])}`),
    ]
    const sockets = await openMany(50, { auth: { lobby: false } })
    const ends = performance.now() + joinWithinMs + talkMs
    while (performance.now() < ends) {
      for (const socket of sockets) socket.send(...flood, ...flood)
      await sleep(100)
    }
    for (const socket of sockets) socket.destroy()
  },
  bounds: { ...bounds, told: { least: 1 } },
})

export const crowdBehindNginx = defineScenario({
  name: 'crowd behind nginx',
  what: 'The same 300 guests through nginx on loopback, which the server trusts about their addresses.',
  rounds: 1,
  isCrowd: true,
  missing: nginxMissing,
  setup,
  async attack(attacker) {
    await using nginx = await startNginx(attacker.port)
    const more = { port: nginx.port, from: '127.0.0.1' }
    await comeAndTalk(attacker, attacker.stage.room_id, crowdOf(attacker.isShort), more)
  },
  bounds,
})
