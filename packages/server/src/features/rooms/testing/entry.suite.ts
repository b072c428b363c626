import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Timers } from '../../../core/clock.ts'
import { manualTime } from '../../../core/testing/manual-time.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, quickPasswords } from '../../testing/world.ts'
import { roomBounds } from '../bounds.ts'
import { account, enter, people, type Person, person, roomOf } from './rooms.ts'

/** Joining with passwords and invitations, and its limits. */
export function entrySuite(name: string, backend: Backend): void {
  describe(`joining rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[A5] a password is needed only once, compared in NFKC, and attempts are limited', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, eve } = await people(world, 'ann', 'bob', 'eve')
      const { id } = await createRoom(world, ann, { password: ' caf\u00e9 \ufb01 ' })
      const path = `/api/rooms/${id}/join`
      assert.deepEqual((await bob.call('POST', path)).body.error, 'This room requires a password')
      const { status, body } = await bob.call('POST', path, { password: 'cafe fi' })
      assert.deepEqual([status, body.error, body.code], [403, 'Invalid password', 'invalid_password'])
      assert.equal((await bob.does('POST', path, { password: 'cafe\u0301 fi' })).me.role, 'guest')
      assert.equal(await bob.code('POST', path), 'ok')
      for (let times = 0; times < 10; times += 1) {
        assert.equal(await eve.code('POST', path, { password: `${times}` }), 'invalid_password')
      }
      const refused = await eve.call('POST', path, { password: 'caf\u00e9 fi' })
      assert.deepEqual([refused.status, refused.body.code, refused.body.retry_after], [429, 'rate_limited', 30])
      world.advance(30_000)
      assert.equal(await eve.code('POST', path, { password: 'caf\u00e9 fi' }), 'ok')
    })

    test('[A5] [T8] reads go on while passwords wait to be hashed', async () => {
      const passwords = quickPasswords()
      const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const isHeld = { is: false }
      const hold: typeof passwords.behind.hold = async (run, asker) => {
        if (isHeld.is) {
          reached.resolve()
          await released.promise
        }
        return passwords.behind.hold(run, asker)
      }
      const behind = { ...passwords.behind, hold }
      await using world = await createWorld(await backend.open(), { passwords: { ...passwords, behind }, reads: 1 })
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await createRoom(world, ann, { password: 'right' })
      isHeld.is = true
      const joined = bob.does('POST', `/api/rooms/${id}/join`, { password: 'right' })
      await reached.promise
      assert.equal((await ann.does('GET', `/api/rooms/${id}`)).id, id)
      released.resolve()
      assert.equal((await joined).me.role, 'guest')
    })

    test('[A5] attempts from one address are limited over all users', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { id } = await createRoom(world, ann, { password: 'x' })
      const codes: string[] = []
      for (let each = 0; each < 4; each += 1) {
        const guest = await person(world, `g${each}`)
        for (let times = 0; times < 8; times += 1) {
          codes.push(await guest.code('POST', `/api/rooms/${id}/join`, { password: 'y' }))
        }
      }
      assert.equal(codes.filter((code) => code === 'invalid_password').length, 30)
      assert.deepEqual(codes.slice(30), ['rate_limited', 'rate_limited'])
    })

    test('[A5] [RM5] a request refused by the hashing queue does not count as an attempt', {
      timeout: 60_000,
    }, async () => {
      const line = manualTime()
      let onWait = () => {}
      const after: Timers['after'] = (ms, run) => {
        onWait()
        return line.timers.after(ms, run)
      }
      const passwords = quickPasswords({ concurrency: 1, clock: line.clock, timers: { after } })
      await using world = await createWorld(await backend.open(), { passwords })
      const { ann, eve } = await people(world, 'ann', 'eve')
      const { path } = await roomOf(world, ann, {}, { password: 'right' })
      const own = await roomOf(world, eve, {})
      const guess = () => eve.code('POST', `${path}/join`, { password: 'wrong' })
      const set = () => eve.code('PATCH', own.path, { password: 'x' })
      const busy = Promise.withResolvers<void>()
      const holding = passwords.hold(({ hash }) => hash('x', () => busy.promise))
      // One more than the limit of either.
      for (let times = 0; times < 11; times += 1) {
        for (const attempt of [guess, set]) {
          const waits = new Promise<void>((resolve) => void (onWait = resolve))
          const answer = attempt()
          await waits
          line.advance(4_000)
          assert.equal(await answer, 'rate_limited')
        }
      }
      busy.resolve()
      await holding
      assert.equal(await guess(), 'invalid_password')
      assert.equal(await set(), 'ok')
    })

    test('[A9] when a room’s budget is spent guests need an invitation or an account, and nobody is locked out', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'ann')
      const { id, path } = await roomOf(world, ann, {}, { password: 'right' })
      const { code } = await ann.does('POST', `${path}/invites`)
      const [socket] = await enter(world, id, ann)
      let address = 0
      const join = async ({ token }: Person, body: object) => {
        address += 1
        return (await world.rest('POST', `${path}/join`, { token, body, address: `192.0.2.${address % 250}` })).body
      }
      const wrong = async (guests: number) => {
        const codes: string[] = []
        for (let each = 0; each < guests; each += 1) {
          const guest = await person(world, `g${each}`)
          for (let times = 0; times < 9; times += 1) codes.push((await join(guest, { password: 'wrong' })).code)
        }
        return codes
      }
      // Right passwords cost the room nothing.
      for (let each = 0; each < 45; each += 1) {
        assert.equal((await join(await person(world, `in${each}`), { password: 'right' })).me.role, 'guest')
      }
      const codes = await wrong(6)
      assert.equal(codes.filter((code) => code === 'invalid_password').length, 40)
      assert.deepEqual(new Set(codes.slice(40)), new Set(['account_or_invite_required']))
      const notices = (await socket?.hears('record_changed'))?.filter(({ type }: Answer) => type === 'notice')
      assert.deepEqual(
        notices?.map(({ set }: Answer) => set),
        [{ kind: 'passwords', at: new Date(world.clock.now()).toISOString() }],
      )
      const guest = await person(world, 'honest')
      const told = await join(guest, { password: 'right' })
      assert.equal(told.code, 'account_or_invite_required')
      assert.ok(told.retry_after <= 60)
      assert.equal((await join(guest, { invite: code })).me.role, 'guest')
      const [bob, eve] = [await account(world, 'bob'), await account(world, 'eve')]
      const tries: Answer[] = []
      for (let times = 0; times < 6; times += 1) tries.push(await join(eve, { password: 'wrong' }))
      assert.deepEqual(
        tries.map(({ code }) => code),
        [...Array.from({ length: 5 }, () => 'invalid_password'), 'rate_limited'],
      )
      assert.ok(tries[5].retry_after <= 60)
      assert.equal((await join(bob, { password: 'right' })).me.role, 'member')
      // The budget refills; moderators who come later find the notice until the password changes.
      world.advance(31_000)
      assert.equal((await join(await person(world, 'later'), { password: 'right' })).me.role, 'guest')
      const records = async () => {
        const joined = await (await world.connect(ann.token)).ask('join_room', { room_id: id })
        return joined.records.filter(({ type }: Answer) => type === 'notice').length
      }
      assert.equal(await records(), 1)
      await ann.does('PATCH', path, { password: 'another' })
      assert.equal(await records(), 0)
    })

    test('[RM5] setting passwords is limited per user and per address', async () => {
      await using world = await createWorld(await backend.open())
      const codes: string[] = []
      for (let each = 0; each < 4; each += 1) {
        const guest = await person(world, `g${each}`)
        const { id } = await createRoom(world, guest)
        for (let times = 0; times < 8; times += 1) {
          const body = { name: 'x', password: 'x' }
          const path = `/api/rooms/${id}`
          codes.push(await (times % 2 === 0 ? guest.code('POST', '/api/rooms', body) : guest.code('PATCH', path, body)))
        }
        assert.equal(await guest.code('POST', '/api/rooms', { name: 'x' }), 'ok')
      }
      assert.deepEqual(codes, [...Array.from({ length: 30 }, () => 'ok'), 'rate_limited', 'rate_limited'])
      world.advance(60_000)
      const ann = await person(world, 'ann')
      const alone: string[] = []
      for (let times = 0; times < 11; times += 1) {
        alone.push(await ann.code('POST', '/api/rooms', { name: 'x', password: 'x' }))
      }
      assert.deepEqual(alone, [...Array.from({ length: 10 }, () => 'ok'), 'rate_limited'])
    })

    test('[A2] [A3] [A6] only the host can rejoin a locked or full room', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, {}, { settings: { capacity: 1 } })
      assert.equal(await bob.code('POST', `${path}/join`), 'room_full')
      await ann.does('PATCH', path, { settings: { locked: true, capacity: 5 } })
      const { code } = await ann.does('POST', `${path}/invites`, {})
      assert.equal(await bob.code('POST', `${path}/join`, { invite: code }), 'room_locked')
      await ann.does('POST', `${path}/leave`)
      assert.equal((await ann.does('POST', `${path}/join`)).me.role, 'host')
      await ann.does('PATCH', path, { settings: { locked: false } })
      assert.equal((await bob.does('POST', `${path}/join`)).member_count, 2)
    })

    test('[I1] [I2] [A4] a valid invitation lets a user join a room with a password', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy, dee, eve } = await people(world, 'ann', 'bob', 'cy', 'dee', 'eve')
      const { path, id } = await roomOf(world, ann, { cohost: [cy] }, { password: 'x', settings: { waiting: true } })
      const invite = await ann.does('POST', `${path}/invites`, { max_uses: 1, expires_in: 60 })
      assert.match(invite.code, /^[\w-]{38}$/)
      assert.deepEqual(invite, {
        ...{ id: invite.code.slice(0, 16), code: invite.code, role: 'member', max_uses: 1, uses: 0 },
        url: `https://parlor.test/r/${id}#invite=${invite.code}`,
        ...{ created_at: '2026-01-01T00:00:00.000Z', expires_at: '2026-01-01T00:01:00.000Z', created_by: ann.id },
      })
      const forged = invite.code.slice(0, -1) + (invite.code.endsWith('A') ? 'Q' : 'A')
      assert.equal(await bob.code('POST', `${path}/join`, { invite: forged }), 'invite_invalid')
      assert.equal((await bob.does('POST', `${path}/join`, { invite: invite.code })).me.role, 'guest')
      assert.equal(await dee.code('POST', `${path}/join`, { invite: invite.code }), 'invite_invalid')
      const short = await cy.does('POST', `${path}/invites`, { expires_in: 60 })
      assert.equal(await cy.code('POST', `${path}/invites`, { role: 'cohost' }), 'forbidden')
      const lasting = await ann.does('POST', `${path}/invites`, { role: 'cohost', expires_in: null })
      world.advance(60_001)
      assert.equal(await dee.code('POST', `${path}/join`, { invite: short.code }), 'invite_invalid')
      assert.equal((await dee.does('POST', `${path}/join`, { invite: lasting.code })).me.role, 'cohost')
      const { items } = await cy.does('GET', `${path}/invites`)
      const uses = items.map(({ id, uses }: { id: string; uses: number }) => [id, uses])
      assert.deepEqual(
        new Map(uses),
        new Map([
          [invite.id, 1],
          [short.id, 0],
          [lasting.id, 1],
        ]),
      )
      assert.equal(await bob.code('GET', `${path}/invites`), 'forbidden')
      assert.deepEqual(await ann.does('DELETE', `${path}/invites/${lasting.id}`), { room_id: id, id: lasting.id })
      assert.equal(await ann.code('DELETE', `${path}/invites/${lasting.id}`), 'not_found')
      assert.equal(await eve.code('POST', `${path}/join`, { invite: lasting.code }), 'invite_invalid')
    })

    test('[I1] an invitation is valid for a hundred years at most, or for ever', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { path } = await roomOf(world, ann, {})
      const { value } = roomBounds.invite_seconds
      const longest = await ann.does('POST', `${path}/invites`, { expires_in: value })
      assert.equal(longest.expires_at, '2125-12-08T00:00:00.000Z')
      // Beyond the year 9999, beyond what a Date holds, and the largest number.
      for (const expires_in of [value + 1, 4e11, '127328307293293', Number.MAX_SAFE_INTEGER])
        assert.equal(await ann.code('POST', `${path}/invites`, { expires_in }), 'validation_error', String(expires_in))
      const { items } = await ann.does('GET', `${path}/invites`)
      assert.equal(items.length, 1)
    })

    test('[A4] a room by invitation refuses users without one; a public room ignores a bad code', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const closed = await createRoom(world, ann, { is_private: true })
      const open = await createRoom(world, ann)
      assert.equal(await bob.code('POST', `/api/rooms/${closed.id}/join`, { password: 'x' }), 'invite_required')
      const invite = await ann.does('POST', `/api/rooms/${open.id}/invites`)
      assert.equal(await bob.code('POST', `/api/rooms/${closed.id}/join`, { invite: invite.code }), 'invite_invalid')
      assert.equal(await bob.code('POST', `/api/rooms/${open.id}/join`, { invite: 'x' }), 'ok')
    })

    test('[A7] [I3] concurrent joins exceed neither the capacity nor the uses of an invitation', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { path } = await roomOf(world, ann, {}, { is_private: true })
      const { code } = await ann.does('POST', `${path}/invites`, { max_uses: 2 })
      const crowd = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => person(world, name)))
      const invited = await Promise.all(crowd.map((each) => each.code('POST', `${path}/join`, { invite: code })))
      assert.deepEqual(invited.toSorted(), [...Array(3).fill('invite_invalid'), 'ok', 'ok'])
      await ann.does('PATCH', path, { is_private: false, settings: { capacity: 4 } })
      const others = crowd.filter((_, at) => invited[at] !== 'ok')
      const joined = await Promise.all(others.map((each) => each.code('POST', `${path}/join`)))
      assert.deepEqual(joined.toSorted(), ['ok', 'room_full', 'room_full'])
    })

    test('[A7] a ban or lock that commits during a join refuses the join', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { path } = await roomOf(world, ann, {})
      for (let times = 0; times < 5; times += 1) {
        const guest = await person(world, `guest ${times}`)
        const [banned] = await Promise.all([
          ann.code('DELETE', `${path}/members/${guest.id}`, { ban: true }),
          guest.code('POST', `${path}/join`),
        ])
        assert.equal(banned, 'ok')
        assert.equal(await ann.code('GET', `${path}/members/${guest.id}`), 'not_found')
        assert.equal(await guest.code('POST', `${path}/join`), 'banned')
      }
      const late = await person(world, 'late')
      const [locked, came] = await Promise.all([
        ann.call('PATCH', path, { settings: { locked: true } }),
        late.call('POST', `${path}/join`),
      ])
      const { items } = await ann.does('GET', `${path}/members`)
      assert.equal(items.length, came.status === 200 ? 2 : 1)
      // Every member joined before the lock.
      if (came.status === 200) assert.ok(came.body.last_seq < locked.body.last_seq)
      else assert.equal(came.body.code, 'room_locked')
    })
  })
}
