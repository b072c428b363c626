import type { FastifyInstance } from 'fastify'

/** Which methods the routes of a path take; empty when there is no such path. For 405 and its `Allow`, off the hot path. */
export function recordRoutes(app: FastifyInstance): { methodsOf(path: string): string[] } {
  const routes = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    if (url !== '*') routes.set(url, methods)
  })
  return {
    methodsOf(path) {
      const segments = segmentsOf(path)
      const found = [...routes].filter(([pattern]) => matches(segmentsOf(pattern), segments))
      return [...new Set(found.flatMap(([, methods]) => [...methods]))].toSorted()
    },
  }
}

const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/')

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return matches(pattern.slice(0, -1), path.slice(0, pattern.length - 1))
  if (pattern.length !== path.length) return false
  return pattern.every((part, index) => part === path[index] || (part.startsWith(':') && path[index] !== ''))
}
