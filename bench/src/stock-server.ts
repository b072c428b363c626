// The stock peer: socket.io as its documentation shows it, relaying to a room, acknowledging, storing nothing.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

type Ack = (answer: object) => void

const http = createServer((_request, response) => response.end('healthy'))
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
let nextId = 1

io.on('connection', (socket) => {
  const sender = socket.id.slice(0, 6)
  socket.on('join_room', async ({ room_id }: { room_id: string }, ack: Ack) => {
    await socket.join(room_id)
    ack({ ok: true, data: { room_id } })
  })
  socket.on('send_message', ({ room_id, content }: { room_id: string; content: string }, ack: Ack) => {
    const id = nextId++
    io.to(room_id).emit('new_message', { id, room_id, content, sender, created_at: Date.now() })
    ack({ ok: true, data: { id } })
  })
})

http.listen(Number(process.argv[2]), '127.0.0.1')
