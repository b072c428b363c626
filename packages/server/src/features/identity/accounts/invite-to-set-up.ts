import type { Log } from '../../../platform/log/log.ts'

/** Says at the start where the first administrator sets the server up (rule AD1); null: there is one. */
export function inviteToSetUp(
  token: string | null,
  { publicUrl, basePath, port, env }: { publicUrl: string | null; basePath: string; port: number; env: string },
  log: Pick<Log, 'info' | 'warn'>,
): void {
  if (token === null) return
  const setup_url = `${publicUrl ?? `http://localhost:${port}${basePath}`}/setup#token=${token}`
  const words = 'this server has no administrator yet: open the address to become one (valid for 24 hours)'
  if (env === 'production') log.warn({ setup_url }, `${words}; until then anyone may make an account`)
  else log.info({ setup_url }, words)
}
