import type { Me, Parlor, Store } from '@parlor/client'
import { signal } from '@preact/signals'

class ApiError extends Error {
  code: string
  errors: unknown
  constructor(body: { error: string; code: string; errors?: unknown }) {
    super(body.error)
    this.code = body.code
    this.errors = body.errors
  }
}

export function connect(): Parlor {
  const me = signal<Me | null>(JSON.parse(localStorage.getItem('tmp.me') ?? 'null'))
  let token = localStorage.getItem('tmp.token')
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const res = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiError({ error: '', code: 'offline' })
    })
    const data = await res.json()
    if (!res.ok) throw new ApiError(data)
    return data
  }
  const signedIn = (r: { user: Me; access_token: string }) => {
    token = r.access_token
    localStorage.setItem('tmp.token', token)
    localStorage.setItem('tmp.me', JSON.stringify(r.user))
    me.value = r.user
  }
  const out = () => {
    token = null
    me.value = null
    localStorage.removeItem('tmp.token')
    localStorage.removeItem('tmp.me')
  }
  const parlor = {
    auth: {
      guest: async (b: { name: string }) => signedIn(await call('POST', '/api/auth/guest', b)),
      login: async (b: object) => signedIn(await call('POST', '/api/auth/login', b)),
      register: async (b: object) => signedIn(await call('POST', '/api/auth/register', b)),
      updateMe: async (b: object) => {
        me.value = await call('PATCH', '/api/auth/me', b)
      },
      changePassword: (b: object) => call('POST', '/api/auth/change-password', b),
      sessions: () => call('GET', '/api/auth/sessions'),
      revokeOthers: () => call('DELETE', '/api/auth/sessions'),
      revokeSession: (b: { id: string }) => call('DELETE', `/api/auth/sessions/${b.id}`),
      logout: async () => {
        await call('POST', '/api/auth/logout', {})
        out()
      },
      deleteAccount: async (b: object) => {
        await call('POST', '/api/delete-account', b)
        out()
      },
    },
    rooms: {
      get: (b: { room_id: string }) => call('GET', `/api/rooms/${b.room_id}`),
      create: (b: object) => call('POST', '/api/rooms', b),
      mine: (b: { cursor?: string }) => call('GET', `/api/rooms/my${b.cursor ? `?cursor=${b.cursor}` : ''}`),
      list: (b: { cursor?: string }) => call('GET', `/api/rooms${b.cursor ? `?cursor=${b.cursor}` : ''}`),
    },
  }
  const store: Store<Me | null> = { get: () => me.peek(), subscribe: (changed) => me.subscribe(changed) }
  const state = { phase: 'online', since: 0, retry_at: null, queued: 0 }
  return { ...parlor, me: store, state: { get: () => state, subscribe: () => () => {} } } as unknown as Parlor
}
