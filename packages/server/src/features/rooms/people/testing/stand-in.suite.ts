import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Answer } from '../../../testing/doors.ts'
import { type Backend, createWorld, type World } from '../../../testing/world.ts'
import { hasPermission, type Permission } from '../../permissions/permissions.ts'
import { roomPermissions } from '../../permissions/room-permissions.ts'
import {
  account,
  enter,
  forgetUser,
  people,
  person,
  type Person,
  rolesOf,
  roomOf,
  secondsUntil,
} from '../../testing/rooms.ts'

type Act = readonly [method: string, path: string, body?: object]
type Scene = { id: string; path: string; friend: Person; waits: Person }

/** For each permission that members lack: a call that needs it, and the code that refuses it. */
const acts = ({ id, path, friend, waits }: Scene): { permission: Permission; refused?: string; asked: Act[] }[] => [
  {
    permission: roomPermissions.settings,
    asked: ['name', 'settings', 'capabilities'].map((field) => ['PATCH', path, { [field]: changes[field] }]),
  },
  {
    permission: roomPermissions.privacy,
    asked: [{ is_private: true }, { password: 'x' }, { name: 'Mine', password: null }].map((body) => [
      'PATCH',
      path,
      body,
    ]),
  },
  {
    permission: roomPermissions.invite,
    asked: [
      ['POST', `${path}/invites`, { expires_in: null }],
      ['GET', `${path}/invites`],
    ],
  },
  {
    permission: roomPermissions.controls,
    refused: 'call_disabled',
    asked: [['POST', '/api/token', { identity: 'x', room: id }]],
  },
  {
    permission: roomPermissions.speak,
    refused: 'chat_disabled',
    asked: [['POST', `${path}/messages`, { content: 'x' }]],
  },
  {
    permission: roomPermissions.admit,
    asked: [
      ['GET', `${path}/waiting`],
      ['POST', `${path}/waiting/${waits.id}/admit`],
    ],
  },
  { permission: roomPermissions.send_out, asked: [['DELETE', `${path}/members/${waits.id}`]] },
  {
    permission: roomPermissions.remove,
    asked: [
      ['DELETE', `${path}/members/${waits.id}?ban=true`],
      ['GET', `${path}/bans`],
    ],
  },
  {
    permission: roomPermissions.roles,
    asked: [
      ['PATCH', `${path}/members/${friend.id}`, { role: 'cohost' }],
      ['PATCH', `${path}/members/${friend.id}`, { role: 'host' }],
      ['POST', `${path}/invites`, { role: 'cohost', expires_in: null }],
    ],
  },
  { permission: roomPermissions.close, asked: [['DELETE', path]] },
]
const changes: Record<string, unknown> = {
  name: 'Other',
  settings: { locked: true, capacity: 9, waiting: true },
  capabilities: { chat: true },
}
const hostsOnly = { settings: { waiting: true, chat: 'host', call: 'host' } }

/** Ann's room, with another co-host, `away`; the user `standIn` stands in for her. */
async function scene(world: World, standIn: Person, role: string, fields: object = hostsOnly) {
  const [ann, away] = [await account(world, 'ann'), await account(world, 'away')]
  const { friend, waits } = await people(world, 'friend', 'waits')
  const { id, path } = await roomOf(world, ann, { [role]: [standIn], guest: [friend] }, {})
  await away.does('POST', `${path}/join`)
  await ann.does('PATCH', `${path}/members/${away.id}`, { role: 'cohost' })
  if (role === 'guest') await standIn.does('POST', `${path}/join`)
  await ann.does('PATCH', path, fields)
  const socket = await entered(world, id, standIn)
  assert.notEqual(await secondsUntil(world, ann, path, standIn, 32), -1)
  return { ann, away, friend, waits, id, path, standIn, socket }
}

async function entered(world: World, id: string, who: Person) {
  const [socket] = await enter(world, id, who)
  assert.ok(socket)
  return socket
}

/** Everything stored about the room that should outlast its activity. */
const lasting = async (who: Person, path: string) => {
  const { last_seq: _, ...room } = await who.does('GET', path)
  const [bans, invites] = [await who.does('GET', `${path}/bans`), await who.does('GET', `${path}/invites`)]
  return { room, bans, invites, roles: await rolesOf(who, path) }
}

async function isBack(world: World, { ann, id, path }: { ann: Person; id: string; path: string }, who = ann) {
  await enter(world, id, who)
  assert.notEqual(await secondsUntil(world, ann, path, who, 5), -1)
}

export function standInSuite(name: string, backend: Backend): void {
  describe(`stand-ins for absent owners on ${name}`, () => {
    after(() => backend.stop())

    for (const [kind, role, rights] of [
      ['a member', 'host', 'order'],
      ['a guest', 'guest_host', 'controls'],
      ['a co-host', 'cohost', 'cohost'],
    ] as const) {
      test(`[HO5] [HO6] ${kind} has exactly the permissions of the table`, async () => {
        await using world = await createWorld(await backend.open())
        const standIn = kind === 'a guest' ? await person(world, 'standIn') : await account(world, 'standIn')
        const set = await scene(world, standIn, role === 'cohost' ? 'cohost' : kind === 'a guest' ? 'guest' : 'member')
        const { ann, waits, path } = set
        await waits.does('POST', `${path}/join`)
        const { host_id, owner_id, host_rights } = await ann.does('GET', path)
        assert.deepEqual([host_id, owner_id, host_rights], [standIn.id, ann.id, rights])
        const tried: string[] = []
        for (const { permission, refused = 'forbidden', asked } of acts(set)) {
          tried.push(permission.name)
          const allowed =
            hasPermission(role, permission) ||
            (permission === roomPermissions.send_out && hasPermission(role, roomPermissions.remove))
          for (const [method, address, body] of asked) {
            const { status, body: answer } = await standIn.call(method, address, body)
            const code = status < 300 ? 'ok' : answer.code
            assert.equal(code, allowed ? 'ok' : refused, `${method} ${address} ${JSON.stringify(body)}`)
          }
        }
        const apart = Object.values(roomPermissions).filter(({ who }) => !who.includes('member'))
        assert.deepEqual(
          tried,
          apart.map(({ name }) => name),
        )
        // What the table says of `hosting`, whatever the stand-in's role in it.
        for (const [method, query, body] of [
          ['DELETE', ''],
          ['DELETE', '?ban=true'],
          ['PATCH', '', { role: 'member' }],
          ['PATCH', '', { role: 'cohost' }],
        ] as const)
          assert.equal(await ann.code(method, `${path}/members/${standIn.id}${query}`, body), 'forbidden')
      })
    }

    test('[HO5] [HO6] a stranger alone in a public room makes no change that lasts after the owner’s return', async () => {
      await using world = await createWorld(await backend.open())
      const stranger = await person(world, 'stranger')
      const set = await scene(world, stranger, 'guest', {})
      const { ann, away, friend, path, id, socket } = set
      const before = await lasting(ann, path)
      const asked: [string, object][] = [
        ...['name', 'settings'].map((field): [string, object] => ['update_room', { [field]: changes[field] }]),
        ['update_room', { settings: { chat: 'host' } }],
        ['remove_member', { user_id: away.id, ban: true }],
        ['remove_member', { user_id: friend.id, ban: true }],
        ['remove_member', { user_id: friend.id }],
        ['set_role', { user_id: stranger.id, role: 'host' }],
        ['close_room', {}],
      ]
      for (const [event, more] of asked) {
        await assert.rejects(async () => socket.ask(event, { room_id: id, ...more }), { code: 'forbidden' }, event)
      }
      assert.equal(await stranger.code('POST', `${path}/invites`, { expires_in: null }), 'forbidden')
      assert.deepEqual(await lasting(ann, path), before)
      const { waits } = set
      await ann.does('PATCH', path, { settings: { waiting: true } })
      await waits.does('POST', `${path}/join`)
      // A stand-in with only the controls sees nothing that moderators see.
      assert.deepEqual(await socket.hears('record_changed'), [])
      await ann.does('PATCH', path, { settings: { waiting: false } })
      await isBack(world, set)
      const after = await lasting(ann, path)
      const { host, host_id, host_rights, ...same } = after.room
      assert.deepEqual([host.id, host_id, host_rights], [ann.id, ann.id, 'all'])
      assert.deepEqual(
        { ...after, room: same, roles: after.roles },
        {
          ...before,
          room: (({ host: _h, host_id: _i, host_rights: _r, ...rest }) => rest)(before.room),
          roles: { ...before.roles, ann: 'host' },
        },
      )
    })

    test('[HO6] [MB4] a sent-out member stays a member, and every action refuses them until the owner is back', async () => {
      await using world = await createWorld(await backend.open())
      const set = await scene(world, await account(world, 'standIn'), 'member', { is_private: true })
      const { ann, away, friend, id, path, standIn, socket } = set
      const friends = await entered(world, id, friend)
      assert.equal(await standIn.code('DELETE', `${path}/members/${away.id}`), 'forbidden')
      assert.equal(await standIn.code('DELETE', `${path}/members/${ann.id}`), 'forbidden')
      await socket.ask('remove_member', { room_id: id, user_id: friend.id })
      const told = await friends.heardOf('member_changed')
      assert.deepEqual([told.user.id, told.role, told.by], [friend.id, 'sent_out', standIn.id])
      await ann.does('POST', `${path}/messages`, { content: 'behind' })
      assert.deepEqual(
        (await friends.hears('new_message')).filter(({ content }: Answer) => content === 'behind'),
        [],
      )
      assert.equal((await ann.does('GET', `${path}/members/${friend.id}`)).role, 'sent_out')
      const { user, until, role } = (await socket.hears('record_changed')).find(
        ({ type }: Answer) => type === 'sent_out',
      ).set
      assert.deepEqual([user.id, role, Date.parse(until) > world.clock.now()], [friend.id, 'guest', true])
      await keptOut(world, friend, { id, path })
      await friend.does('POST', `${path}/leave`)
      assert.equal(await friend.code('POST', `${path}/join`), 'sent_out')
      await isBack(world, set)
      assert.equal(await friend.code('POST', `${path}/join`), 'invite_required')
    })

    test('[HO6] a co-host who arrives takes over at once, and sent-out members get their role back', async () => {
      await using world = await createWorld(await backend.open())
      const set = await scene(world, await account(world, 'standIn'), 'member', {})
      const { away, friend, id, path, standIn } = set
      await standIn.does('DELETE', `${path}/members/${friend.id}`)
      await keptOut(world, friend, { id, path })
      await isBack(world, set, away)
      assert.deepEqual(await rolesOf(friend, path), { ann: 'cohost', away: 'host', friend: 'guest', standIn: 'member' })
      assert.equal((await friend.does('GET', path)).host_rights, 'cohost')
      assert.equal(await friend.code('POST', `${path}/join`), 'ok')
      assert.equal(await standIn.code('DELETE', `${path}/members/${friend.id}`), 'forbidden')
    })

    test('[HO6] a member is sent out for at most an hour', async () => {
      await using world = await createWorld(await backend.open())
      const { friend, id, path, standIn } = await scene(world, await account(world, 'standIn'), 'member', {})
      const friends = await entered(world, id, friend)
      const join = async () => friends.ask('join_room', { room_id: id })
      await standIn.does('DELETE', `${path}/members/${friend.id}`)
      world.advance(3_590_000)
      await assert.rejects(join, { code: 'sent_out', details: { retry_after: 10 } })
      world.advance(11_000)
      assert.equal((await join()).me.role, 'guest')
      assert.equal((await friends.ask('send_message', { room_id: id, content: 'x' })).content, 'x')
    })

    test('[HO6] a user let in by a stand-in waits again when the owner is back, unless the owner gave them a role', async () => {
      await using world = await createWorld(await backend.open())
      const set = await scene(world, await account(world, 'standIn'), 'member', { settings: { waiting: true } })
      const { ann, path, id, standIn, waits } = set
      const { other } = await people(world, 'other')
      const first = await world.connect(waits.token)
      const sockets = [first, await world.connect(other.token)]
      for (const socket of sockets) await socket.ask('join_room', { room_id: id })
      for (const who of [waits, other]) await standIn.does('POST', `${path}/waiting/${who.id}/admit`)
      for (const socket of sockets) assert.equal((await socket.heardOf('room_joined')).me.role, 'guest')
      await ann.does('PATCH', `${path}/members/${other.id}`, { role: 'member' })
      await isBack(world, set)
      const { reason, by } = await first.heardOf('member_left')
      assert.deepEqual([reason, by], ['waiting', null])
      const { items } = await ann.does('GET', `${path}/waiting`)
      assert.deepEqual(
        items.map(({ user }: Answer) => user.id),
        [waits.id],
      )
      assert.equal(await waits.code('GET', `${path}/messages`), 'not_a_member')
      assert.equal(await other.code('GET', `${path}/messages`), 'ok')
      await ann.does('POST', `${path}/waiting/${waits.id}/admit`)
      await isBack(world, set)
      assert.equal(await waits.code('GET', `${path}/messages`), 'ok')
    })

    test('[HO4] ownership goes to a co-host rather than to a stand-in', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, away, path } = await scene(world, await account(world, 'standIn'), 'member', {})
      await forgetUser(world, (await world.connect(ann.token)).caller.user)
      const { owner_id, host_rights } = await away.does('GET', path)
      assert.deepEqual([owner_id, host_rights], [away.id, 'all'])
    })
  })
}

/** Asserts that every action of the user in the room is refused. */
async function keptOut(world: World, who: Person, { id, path }: { id: string; path: string }): Promise<void> {
  const asked: Act[] = [
    ['POST', `${path}/join`],
    ['POST', `${path}/messages`, { content: 'x' }],
    ['GET', `${path}/messages`],
    ['GET', `${path}/members`],
    ['GET', `${path}/state?cursor=WyIiLCIiXQ`],
    ['POST', '/api/token', { identity: 'x', room: id }],
  ]
  for (const [method, address, body] of asked) {
    assert.equal(await who.code(method, address, body), 'sent_out', `${method} ${address}`)
  }
  const socket = await world.connect(who.token)
  for (const [event, more, code] of [
    ['join_room', {}, 'sent_out'],
    ['send_message', { content: 'x' }, 'sent_out'],
    ['typing', { typing: true }, 'not_a_member'],
    ['signal', { name: 'x', data: 1 }, 'not_a_member'],
  ] as const) {
    await assert.rejects(socket.ask(event, { room_id: id, ...more }), { code }, event)
  }
  assert.equal((await who.does('GET', path)).settings, undefined)
}
