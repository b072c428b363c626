import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import type { PathProxy } from './path-proxy.ts'
import { temporaryFolder } from '../server.ts'

const found = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find(
  (program) => spawnSync(program, ['-v']).status === 0,
)
export const nginxProgram = found ?? 'nginx'

/** Why tests behind nginx cannot run here; false if it is installed. */
export const nginxMissing: string | false = found === undefined ? 'nginx is not installed' : false

/** Like `startPathProxy`, with an nginx configured as docs/troubleshooting.md says. It starts when `to` names its target. */
export async function startNginx(path: string, strips: boolean): Promise<PathProxy> {
  const folder = await temporaryFolder()
  const port = await freePort()
  let child: ChildProcess | null = null
  return {
    url: `http://127.0.0.1:${port}`,
    to(target) {
      const file = join(folder.path, 'nginx.conf')
      writeFileSync(file, configuration({ port, target, path, strips }))
      child = spawn(nginxProgram, ['-p', folder.path, '-e', 'stderr', '-c', file], { stdio: 'ignore' })
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

/** An nginx that serves the files of a folder, each with a tag of its own. */
export async function startFileServer(folder: string): Promise<AsyncDisposable & { url: string }> {
  const own = await temporaryFolder()
  const port = await freePort()
  const file = join(own.path, 'nginx.conf')
  // Its workers could not read folders of root's.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  writeFileSync(
    file,
    `${user}${settings}
  default_type application/octet-stream;
  server { listen 127.0.0.1:${port}; root ${folder}; }
}
`,
  )
  const child = spawn(nginxProgram, ['-p', own.path, '-e', 'stderr', '-c', file], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  for (let asked = 0; asked < 100; asked += 1) {
    if (
      await fetch(url).then(
        ({ status }) => status > 0,
        () => false,
      )
    )
      break
    await pause(50)
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      await own[Symbol.asyncDispose]()
    },
  }
}

type Place = { port: number; target: number; path: string; strips: boolean }

const settings = `
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
  scgi_temp_path scgi;`

const configuration = ({ port, target, path, strips }: Place) => `${settings}
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
