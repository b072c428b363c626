import { ok } from '../../../../../../test/harness/rest.ts'
import { type Person, password, type Stage } from '../../../../../../test/harness/trials/stage.ts'
import { claimsOf } from '../../../../../../test/harness/tokens.ts'
import { type FeatureTrials, places } from '../../../../../../test/harness/trials.ts'
import type { identityActions } from '../contract.ts'

async function alone(stage: Stage, kind: 'guest' | 'account' = 'guest') {
  return { by: await stage[kind](kind), input: {} }
}

const anyone = { account: true, guest: true, anonymous: true } as const
const user = { account: true, guest: true, anonymous: 'not_authenticated' } as const
const newAccount = (stage: Stage) => {
  const username = stage.unique('new')
  return { username, email: `${username}@example.org`, password }
}

const aKey = { name: 'A build', scopes: ['messages:write'] }
async function keyIdOf({ url }: Stage, { token }: Person): Promise<string> {
  const { id } = await ok<{ id: string }>(url, 'POST', '/api/keys', { token, body: aKey })
  return id
}

const setup = { token: 'none of ours', server_name: 'Home', registration: 'open', guests: true, lobby: true }

export const trials: FeatureTrials<typeof identityActions> = {
  doors: {
    'identity.signInGuest': {
      good: async (stage) => ({ by: null, input: { name: stage.unique('guest') } }),
      bad: { name: '' },
    },
    'identity.register': {
      good: async (stage) => {
        const username = stage.unique('account')
        return { by: null, input: { username, email: `${username}@example.org`, password } }
      },
      refused: async (stage) => {
        const { name: username, email } = await stage.account('account')
        return { by: null, input: { username, email, password }, code: 'account_exists' }
      },
      bad: { email: 'nobody' },
      differs: ['expires_in', 'device_token'],
    },
    'identity.login': {
      good: async (stage) => {
        const { email } = await stage.account('account')
        return { by: null, input: { email, password } }
      },
      refused: async (stage) => {
        const { email } = await stage.account('account')
        return { by: null, input: { email, password: 'not the one' }, code: 'invalid_credentials' }
      },
      bad: { email: '' },
      differs: ['expires_in', 'device_token'],
    },
    'identity.refresh': {
      good: async (stage) => ({ by: null, input: { refresh_token: (await stage.guest('guest')).refresh_token } }),
      refused: async () => ({ by: null, input: { refresh_token: 'none of ours' }, code: 'token_invalid' }),
      bad: { refresh_token: 7 },
    },
    'identity.logout': { good: alone },
    'identity.me': { good: (stage) => alone(stage, 'account') },
    'identity.updateMe': {
      good: async (stage) => ({ by: await stage.account('account'), input: { username: stage.unique('other name') } }),
      refused: async (stage) => {
        const { name: username } = await stage.account('first')
        return { by: await stage.account('second'), input: { username }, code: 'account_exists' }
      },
      bad: { username: '' },
    },
    'identity.rename': {
      good: async (stage) => ({ by: await stage.guest('guest'), input: { username: stage.unique('other name') } }),
      refused: async (stage) => {
        const { name: username } = await stage.account('first')
        return { by: await stage.account('second'), input: { username }, code: 'account_exists' }
      },
      bad: { username: '' },
    },
    'identity.changePassword': {
      good: async (stage) => {
        const by = await stage.account('account')
        return { by, input: { old_password: password, new_password: 'a long walk in the sun' } }
      },
      refused: async (stage) => {
        const by = await stage.account('account')
        return { by, input: { old_password: 'not the one', new_password: 'a long walk' }, code: 'invalid_password' }
      },
      bad: { new_password: 'short' },
    },
    'identity.deleteAccount': {
      good: async (stage) => ({ by: await stage.account('account'), input: { password } }),
      refused: async (stage) => {
        const by = await stage.account('account')
        return { by, input: { password: 'not the one' }, code: 'invalid_password' }
      },
      bad: { password: 7 },
    },
    // A server is set up once, and these share theirs: `administrators.suite.ts` has the rest.
    'identity.setUp': {
      good: async (stage) => ({ by: null, input: { ...setup, ...newAccount(stage) } }),
      answers: 'setup_token_invalid',
      bad: { registration: 'perhaps' },
    },
    'identity.setAdministrator': {
      good: async (stage) => {
        const { id: user_id } = await stage.account('other')
        return { by: await stage.account('account'), input: { user_id, admin: true } }
      },
      answers: 'forbidden',
      bad: { admin: 'yes' },
    },
    'identity.createKey': {
      good: async (stage) => ({
        by: await stage.account('account'),
        input: aKey,
      }),
      refused: async (stage) => ({ by: await stage.guest('guest'), input: aKey, code: 'forbidden' }),
      bad: { scopes: ['everything'] },
      differs: ['key', 'prefix'],
    },
    'identity.keys': { good: (stage) => alone(stage, 'account') },
    'identity.revokeKey': {
      good: async (stage) => {
        const by = await stage.account('account')
        return { by, input: { id: await keyIdOf(stage, by) } }
      },
      refused: async (stage) => {
        const other = await stage.account('other')
        const input = { id: await keyIdOf(stage, other) }
        return { by: await stage.account('account'), input, code: 'not_found' }
      },
    },
    'identity.sessions': { good: alone },
    'identity.revokeSession': {
      good: async (stage) => {
        const by = await stage.guest('guest')
        return { by, input: { id: String(claimsOf(by.token)['sid']) } }
      },
      refused: async (stage) => {
        const other = await stage.guest('other')
        const input = { id: String(claimsOf(other.token)['sid']) }
        return { by: await stage.guest('guest'), input, code: 'not_found' }
      },
    },
    'identity.revokeOtherSessions': { good: alone },
  },
  roles: {
    'identity.signInGuest': { ...anyone, input: () => ({ name: 'Guest' }) },
    'identity.register': { ...anyone, input: newAccount },
    'identity.login': {
      ...anyone,
      input: async (stage) => ({ email: (await stage.account('someone')).email, password }),
    },
    'identity.refresh': {
      ...anyone,
      input: async (stage) => ({ refresh_token: (await stage.guest('someone')).refresh_token }),
    },
    'identity.logout': { ...user, input: () => ({}) },
    'identity.me': { ...user, input: () => ({}) },
    'identity.updateMe': { ...user, input: (stage) => ({ username: stage.unique('renamed') }) },
    'identity.rename': { ...user, input: (stage) => ({ username: stage.unique('renamed') }) },
    'identity.changePassword': {
      ...user,
      guest: 'forbidden',
      input: () => ({ old_password: password, new_password: 'a long walk in the sun' }),
    },
    'identity.deleteAccount': { ...user, input: () => ({ password }) },
    'identity.sessions': { ...user, input: () => ({}) },
    'identity.revokeSession': {
      ...user,
      input: (_stage, by) => ({ id: by ? String(claimsOf(by.token)['sid']) : 'none' }),
    },
    'identity.setUp': {
      ...{ account: 'setup_token_invalid', guest: 'setup_token_invalid', anonymous: 'setup_token_invalid' },
      input: (stage: Stage) => ({ ...setup, ...newAccount(stage) }),
    },
    'identity.setAdministrator': {
      ...{ account: 'forbidden', guest: 'forbidden', anonymous: 'not_authenticated' },
      input: () => ({ user_id: 'someone', admin: true }),
    },
    'identity.revokeOtherSessions': { ...user, input: () => ({}) },
    'identity.createKey': { ...user, guest: 'forbidden', input: () => aKey },
    'identity.keys': { ...user, input: () => ({}) },
    'identity.revokeKey': {
      ...user,
      guest: 'not_found',
      input: async (stage, by) => ({ id: by?.email ? await keyIdOf(stage, by) : 'none' }),
    },
  },
  sdk: true,
  samples: {
    ...setup,
    ...aKey,
    expires_in: 3600,
    room_ids: undefined,
    admin: true,
    id: 'something',
    username: 'A name',
    email: 'someone@example.org',
    password: 'correct horse battery',
    old_password: 'correct horse battery',
    new_password: 'staple correct horse',
    refresh_token: 'none',
  },
  floods: {
    fields: {
      email: `${places.unique}@example.org`,
      username: `n ${places.unique}`,
      old_password: 'p'.repeat(1000),
      new_password: 'a long walk in the sun',
      avatar_url: undefined,
    },
    actions: {
      'identity.register': { fields: { password: 'a long walk in the rain' } },
      'identity.deleteAccount': { spoils: 3 },
      'identity.revokeOtherSessions': { spoils: 4 },
      'identity.logout': { spoils: 5 },
    },
  },
}
