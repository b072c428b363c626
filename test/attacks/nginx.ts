import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../harness/free-port.ts'
import { nginxProgram } from '../harness/proxies/nginx.ts'
import { temporaryFolder } from '../harness/server.ts'

/** Starts an nginx on loopback in front of the server, configured as docs/troubleshooting.md says. */
export async function startNginx(upstream: number): Promise<AsyncDisposable & { port: number }> {
  const folder = await temporaryFolder()
  const port = await freePort()
  mkdirSync(join(folder.path, 'temporary'))
  writeFileSync(join(folder.path, 'nginx.conf'), configuration(folder.path, port, upstream))
  const child = spawn(nginxProgram, ['-p', folder.path, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'inherit' })
  await untilListening(child, port)
  return {
    port,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGQUIT')
      // SIGTERM, because a graceful end would wait for open connections.
      const late = setTimeout(() => child.kill('SIGTERM'), 1000)
      await ended
      clearTimeout(late)
      await folder[Symbol.asyncDispose]()
    },
  }
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function configuration(folder: string, port: number, upstream: number): string {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 2048; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/temporary/${name};`).join('\n  ')}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout 120s;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
  }
}
`
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
    await wait(20)
  }
  throw new Error('nginx did not start')
}
