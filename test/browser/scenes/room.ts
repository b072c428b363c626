import { createRoom as createRoomBy, ok, signInGuest } from '../../harness/rest.ts'
import { connect, type SocketClient } from '../../harness/socket-client.ts'
import {
  closeDialog,
  composer,
  createRoom,
  enter,
  isOffline,
  isOnline,
  openSettings,
  say,
  sees,
} from '../harness/steps.ts'
import type { Visitor } from '../harness/visitor.ts'
import type { Scene, Stage } from './scene.ts'

const talk = [
  ['Ben', 'I can bring the big pot. How many are we on Sunday?'],
  ['Carmen', 'Nine, if Luis comes. He said he would take the late train.'],
  ['Ann', 'Then nine it is. I have chairs for eight and a very good box.'],
  ['Ben', 'The box is mine.'],
  ['Carmen', 'I found the recipe, the one with saffron: https://example.org/arroz-del-domingo'],
  ['Carmen', 'It wants two hours, so let us start at noon?'],
  ['Ann', 'Noon is fine. I open the door from eleven on, come when you like.'],
  ['Ben', 'Do we need anything else? I pass by the market in the morning.'],
  ['Ann', 'Lemons, and bread for the evening. The rest is here.'],
  ['Carmen', 'And the cards, for afterwards?'],
  ['Ann', 'In the drawer since last time. You owe me a game.'],
  ['Ben', 'I remember it differently.'],
] as const

/** Ann hosts a room in which Ben and Carmen are present and talk with her. */
async function conversation(ann: Visitor, { server, defer }: Stage): Promise<Record<'Ben' | 'Carmen', SocketClient>> {
  await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'public' })
  await composer(ann).waitFor()
  const room_id = new URL(ann.page.url()).pathname.slice('/r/'.length)
  const join = async (name: string) => {
    const { token } = await signInGuest(server.url, name)
    const client = await connect(server.url, { token })
    defer(() => client.socket.disconnect())
    await client.ask('join_room', { room_id })
    return client
  }
  const others = { Ben: await join('Ben'), Carmen: await join('Carmen') }
  for (const [who, content] of talk) {
    if (who === 'Ann') await say(ann, content)
    else await others[who].ask('send_message', { room_id, content })
    await sees(ann, content)
  }
  return others
}

/** A room of another user. */
async function roomOf(host: string, { server }: Stage, fields: Record<string, unknown>) {
  const guest = await signInGuest(server.url, host)
  return { host: guest, room: await createRoomBy(server.url, guest, { name: 'Sunday dinner', ...fields }) }
}

/** Starts a reply to the last message of this user. */
async function answer({ the, t }: Visitor, name: string): Promise<void> {
  const message = the('log')
    .getByRole('article', { name: new RegExp(`^${name},`) })
    .last()
  await message.hover()
  await message.getByRole('button', { name: t('message.reply_to', { name }) }).click()
}

/** The room page in all its states. */
export const roomScenes: readonly Scene[] = [
  {
    name: 'room',
    async open(ann, stage) {
      await conversation(ann, stage)
    },
    next: [
      {
        name: 'room-people',
        async open(ann) {
          await ann.page.getByRole('button', { name: ann.t('people.title') }).click()
          await ann.the('button', ann.t('people.about', { name: 'Ben' })).waitFor()
        },
      },
      {
        name: 'room-person-menu',
        async open(ann) {
          await ann.the('button', ann.t('people.about', { name: 'Ben' })).click()
          await ann.the('menuitem', ann.t('member_action.ban')).waitFor()
        },
      },
      {
        // From the menu of the previous scene, which stays open when the window is resized.
        name: 'room-remove',
        async open(ann) {
          await ann.the('menuitem', ann.t('member_action.remove')).click()
          await ann.the('dialog', ann.t('member_action.remove_title', { name: 'Ben' })).waitFor()
        },
      },
    ],
  },
  {
    name: 'room-empty',
    async open(ann) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann' })
      await composer(ann).waitFor()
    },
    next: [
      {
        name: 'room-settings',
        async open(ann) {
          await openSettings(ann)
        },
      },
    ],
  },
  {
    name: 'room-invite',
    async open(ann) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann', access: 'invite' })
      await composer(ann).waitFor()
      await ann.the('button', ann.t('invite.title')).first().click()
      await ann.the('textbox', ann.t('invite.link')).waitFor()
      await ann.page.getByRole('img', { name: ann.t('invite.qr') }).waitFor()
    },
  },
  {
    name: 'room-reply',
    async open(ann, stage) {
      await conversation(ann, stage)
      await answer(ann, 'Carmen')
      await say(ann, 'With saffron, always')
      await answer(ann, 'Ben')
      await ann.the('button', ann.t('composer.cancel_reply')).waitFor()
    },
    next: [
      {
        name: 'room-offline',
        async open(ann) {
          await ann.the('button', ann.t('composer.cancel_reply')).click()
          await ann.offline(true)
          await isOffline(ann)
          await say(ann, 'I am in the tunnel now')
          await say(ann, 'and write on all the same')
        },
      },
      {
        name: 'room-reconnecting',
        async open(ann, { server }) {
          await ann.offline(false)
          await isOnline(ann)
          await server.kill()
          await ann
            .the('status')
            .filter({ hasText: ann.t('connection.reconnecting') })
            .waitFor({ state: 'attached' })
        },
      },
    ],
  },
  {
    name: 'room-waiting',
    async open(ann, stage) {
      const { room } = await roomOf('Ben', stage, { settings: { waiting: true } })
      await enter(ann, `/r/${room.id}`, 'Ann')
      await ann.the('heading', ann.t('entry.waiting')).waitFor()
    },
  },
  {
    name: 'room-somebody-waits',
    async open(ann, { server, defer }) {
      await createRoom(ann, 'Sunday dinner', { as: 'Ann' })
      await openSettings(ann)
      await ann.the('switch', ann.t('settings.waiting')).click()
      await ann.page.getByText(ann.t('settings.saved')).first().waitFor()
      await closeDialog(ann)
      const { token } = await signInGuest(server.url, 'Ben')
      const ben = await connect(server.url, { token })
      defer(() => ben.socket.disconnect())
      await ben.ask('join_room', { room_id: new URL(ann.page.url()).pathname.slice('/r/'.length) })
      await ann.page.getByRole('button', { name: ann.t('people.title') }).click()
      await ann.the('button', ann.t('people.admit_named', { name: 'Ben' })).waitFor()
    },
  },
  {
    name: 'room-password',
    async open(ann, stage) {
      const { room } = await roomOf('Ben', stage, { password: 'second voices' })
      await enter(ann, `/r/${room.id}`, 'Ann')
      const password = ann.page.getByLabel(ann.t('entry.password_label'), { exact: true })
      await password.fill('first voices')
      await password.press('Enter')
      await ann.page.getByText(ann.t('error.invalid_password')).waitFor()
    },
  },
  {
    name: 'room-by-invitation',
    async open(ann, stage) {
      const { room } = await roomOf('Ben', stage, { is_private: true })
      await enter(ann, `/r/${room.id}`, 'Ann')
      await ann.the('heading', ann.t('entry.invite_required')).waitFor()
    },
  },
  {
    name: 'room-closed',
    async open(ann, stage) {
      const { host, room } = await roomOf('Ben', stage, {})
      await enter(ann, `/r/${room.id}`, 'Ann')
      await composer(ann).waitFor()
      await ok(stage.server.url, 'DELETE', `/api/rooms/${room.id}`, { token: host.token })
      await ann.the('heading', ann.t('entry.room_closed')).waitFor()
    },
  },
  {
    name: 'room-banned',
    async open(ann, stage) {
      const { host, room } = await roomOf('Ben', stage, {})
      const { url } = stage.server
      await enter(ann, `/r/${room.id}`, 'Ann')
      await composer(ann).waitFor()
      const members = await ok<{ items: { user: { id: string; name: string } }[] }>(
        url,
        'GET',
        `/api/rooms/${room.id}/members`,
        { token: host.token },
      )
      const banned = members.items.find(({ user }) => user.id !== host.id)
      await ok(url, 'DELETE', `/api/rooms/${room.id}/members/${banned?.user.id}?ban=true`, { token: host.token })
      await ann.the('heading', ann.t('entry.banned')).waitFor()
    },
  },
]
