/**
 * A request's target without the path that PUBLIC_URL names. A proxy may take that path away or leave it: both arrive at
 * the same routes, for no route of ours begins like it (`readBasePath` in config.ts sees to that).
 */
export function withoutBase(target: string, basePath: string): string {
  if (basePath === '' || !target.startsWith(basePath)) return target
  const rest = target.slice(basePath.length)
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : target
}
