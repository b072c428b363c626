import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { PathProxy } from './path-proxy.ts'
import { temporaryFolder } from './server.ts'

const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find(
  (path) => spawnSync(path, ['-v']).status === 0,
)

/** Why nginx cannot be tried here; false where it can. */
export const nginxMissing: string | false = program === undefined ? 'there is no nginx here' : false

/** The same as `startPathProxy`, by nginx as the documents say. It runs once it knows where to pass requests on to. */
export async function startNginx(path: string, strips: boolean): Promise<PathProxy> {
  const folder = await temporaryFolder()
  const port = await freePort()
  let child: ChildProcess | null = null
  return {
    url: `http://127.0.0.1:${port}`,
    to(target) {
      const file = join(folder.path, 'nginx.conf')
      writeFileSync(file, configuration({ port, target, path, strips }))
      child = spawn(program ?? 'nginx', ['-p', folder.path, '-e', 'stderr', '-c', file], { stdio: 'ignore' })
    },
    async [Symbol.asyncDispose]() {
      if (child && child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

type Place = { port: number; target: number; path: string; strips: boolean }

const configuration = ({ port, target, path, strips }: Place) => `
daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port};
    location / { return 418; }
    location = ${path} { return 301 ${path}/; }
    location ${path}/ {
      proxy_pass http://127.0.0.1:${target}${strips ? '/' : ''};
      proxy_http_version 1.1;
      proxy_set_header Host $host:$server_port;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffering off;
    }
  }
}
`
