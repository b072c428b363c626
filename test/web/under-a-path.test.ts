import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { openStream } from '../harness/event-stream.ts'
import { nginxMissing, startNginx } from '../harness/proxies/nginx.ts'
import { startPathProxy } from '../harness/proxies/path-proxy.ts'
import { ok, rest, signInGuest } from '../harness/rest.ts'
import { openSdk, until } from '../harness/sdk.ts'
import { type Server, startServer } from '../harness/server.ts'
import { SocketClient } from '../harness/socket-client.ts'
import type { JsonObject, Room } from '../harness/wire.ts'

const path = '/our/parlor'

for (const [what, start, skip] of [
  ['a proxy', startPathProxy, false],
  ['nginx', startNginx, nginxMissing],
] as const)
  for (const strips of [true, false])
    suite(`under a path, behind ${what} that ${strips ? 'takes it away' : 'leaves it'}`, {
      timeout: 60_000,
      skip,
    }, () => {
      async function behind(run: (url: string, server: Server) => Promise<void>) {
        await using proxy = await start(path, strips)
        await using server = await startServer({ env: { PUBLIC_URL: `${proxy.url}${path}` } })
        proxy.to(server.port)
        const url = proxy.url + path
        // nginx takes a moment to listen.
        for (let isUp = false; !isUp; ) isUp = (await fetch(`${url}/api/live`).catch(() => null))?.ok ?? false
        assert.equal((await fetch(`${proxy.url}/api/live`)).status, 418, 'elsewhere is another site')
        await run(url, server)
      }

      test('[B1] the page, its files, the reference and all that they link to', () =>
        behind(async (url) => {
          const { origin } = new URL(url)
          for (const page of ['', '/', '/r/lobby', '/account', '/docs', '/docs/events']) {
            const reply = await fetch(url + page, { headers: { accept: 'text/html' } })
            assert.equal(reply.status, 200, page)
            const links = [...(await reply.text()).matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link = '']) => link)
            assert.ok(links.length > 1, page)
            for (const link of links) {
              const linked = await fetch(new URL(link, origin))
              assert.deepEqual([link.startsWith(`${path}/`), linked.status], [true, 200], `${page} links to ${link}`)
            }
          }
          assert.match(await (await fetch(`${url}/docs/start.js`)).text(), /"url":"\/our\/parlor\/docs\/openapi\.json"/)
          const openApi = (await rest<{ servers: JsonObject[] }>(url, 'GET', '/docs/openapi.json')).body
          assert.deepEqual(openApi.servers, [{ url }])
          const asyncApi = (await rest<{ servers: JsonObject }>(url, 'GET', '/docs/asyncapi.json')).body
          assert.match(
            JSON.stringify(asyncApi.servers),
            /"pathname":"\/our\/parlor\/socket\.io\/".*"pathname":"\/our\/parlor"/,
          )
        }))

      test('[B1] [B2] REST and the addresses in its answers, sockets by both transports, streams, the SDK', () =>
        behind(async (url) => {
          const { origin } = new URL(url)
          const ann = await signInGuest(url, 'Ann')
          const room = await ok<Room>(url, 'POST', '/api/rooms', { token: ann.token, body: { name: 'A room' } })
          const invite = await ok<{ url: string }>(url, 'POST', `/api/rooms/${room.id}/invites`, {
            token: ann.token,
            body: {},
          })
          assert.ok(invite.url.startsWith(`${url}/r/${room.id}#invite=`), invite.url)
          assert.equal((await fetch(invite.url)).status, 200)
          using stream = await openStream(url, `/api/events?room_id=${room.id}`, { token: ann.token })
          for (const transport of ['websocket', 'polling']) {
            using socket = new SocketClient(origin, {
              path: `${path}/socket.io/`,
              transports: [transport],
              token: ann.token,
            })
            await socket.connected()
            await socket.ask('join_room', { room_id: room.id })
            await socket.ask('send_message', { room_id: room.id, content: `by ${transport}` })
            await stream.hear('new_message', ({ content }) => content === `by ${transport}`)
          }
          using parlor = openSdk({ url, token: ann.token })
          const joined = parlor.join(room.id)
          await until(joined.messages, ({ items }) => items.length === 2, 'both messages')
          assert.equal((await parlor.call('rooms.get', { room_id: room.id })).id, room.id)
        }))
    })
