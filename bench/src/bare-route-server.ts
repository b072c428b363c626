// The peer of `GET /api/rooms/:id`: one Fastify route that answers a body it was given, and logs each request.
import fastify from 'fastify'

const [, , port, body = '{}'] = process.argv
const room: unknown = JSON.parse(body)
const app = fastify({ logger: true })
app.get('/api/rooms/:id', async () => room)
await app.listen({ port: Number(port), host: '127.0.0.1' })
