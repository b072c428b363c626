// Serves the app and reloads its modules as they are saved, in front of a running server: npm run dev:web
import { createServer } from 'vite'
import { settings } from './settings.ts'

const target = process.argv[2] ?? 'http://localhost:3001'
const server = await createServer({
  ...settings,
  logLevel: 'info',
  server: {
    proxy: Object.fromEntries(['/api', '/docs', '/socket.io'].map((path) => [path, { target, ws: true }])),
  },
})
await server.listen()
server.printUrls()
