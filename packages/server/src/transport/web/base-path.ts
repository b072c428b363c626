/**
 * Removes the path of PUBLIC_URL from a request's target. A proxy may strip that path or keep it: both reach the same
 * routes, because no route begins like it (`readBasePath` in config.ts ensures that).
 */
export function withoutBase(target: string, basePath: string): string {
  if (basePath === '' || !target.startsWith(basePath)) return target
  const rest = target.slice(basePath.length)
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : target
}
