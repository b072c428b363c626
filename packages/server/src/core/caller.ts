import { AppError } from './error.ts'
import type { KeyGrant } from './scope.ts'

/** A person as the rest of the server names them: `num` inside (keys, log rows), `id` outside. */
export type UserRef = { num: number; id: string }

/** What other users see of a person. */
export type Profile = { id: string; name: string; avatar_url: string | null; guest: boolean }

/**
 * Who makes a call. `anonymous` has no token; `user` has a session or an API key, or is the guest of a socket without a token.
 * `num` is 0 while such a guest is not stored yet: its first durable action stores it.
 */
export type Caller =
  | { kind: 'anonymous'; address: string }
  | {
      kind: 'user'
      address: string
      user: UserRef
      profile: Profile
      /** What the caller's connections end with: the session, or the API key. */
      session_id: string | null
      expires_at: number | null
      /** Administers the server. Known over HTTP only; absent: no. */
      admin?: boolean
      /** The API key that the caller uses; absent: a login. */
      key?: KeyGrant
    }

/**
 * Someone without a login who opens a raw route by a signed link (rules LK): not known as a user, but as one to whom the
 * resource that the path names was shown in this room.
 */
export type LinkCaller = { kind: 'link'; address: string; room_id: string }

/** Whoever a route or a budget may have to do with; actions have a `Caller`. */
export type AnyCaller = Caller | LinkCaller

export type UserCaller = Extract<Caller, { kind: 'user' }>

/** The caller of an action that nobody may call without a token. Throws `not_authenticated`. */
export function requireUser(caller: Caller): UserCaller {
  if (caller.kind === 'user') return caller
  throw new AppError('not_authenticated')
}
