import type { FastifyInstance } from 'fastify'

/**
 * The methods that a path's routes accept; empty if no route matches. Where `/rooms/my` and `/rooms/:id` both match,
 * only the first counts. For 405 and its `Allow`, off the hot path.
 */
export function recordRoutes(app: FastifyInstance): {
  methodsOf(path: string): string[]
  /** Whether a route has exactly this path, without parameters. */
  has(path: string): boolean
} {
  const routes = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    if (url !== '*') routes.set(url, methods)
  })
  return {
    has: (path) => routes.has(path),
    methodsOf(path) {
      const segments = segmentsOf(path)
      const found = [...routes.keys()].filter((pattern) => matches(segmentsOf(pattern), segments))
      const [nearest] = found.map(shapeOf).toSorted()
      const named = found.filter((pattern) => shapeOf(pattern) === nearest)
      return [...new Set(named.flatMap((pattern) => [...(routes.get(pattern) ?? [])]))].toSorted()
    },
  }
}

/** Sorts patterns by the router's precedence: at each segment a literal, then a parameter, then a wildcard. */
const shapeOf = (pattern: string): string =>
  segmentsOf(pattern)
    .map((part) => (part === '*' ? '2' : part.startsWith(':') ? '1' : `0${part}`))
    .join('/')

const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/')

/** Whether a route with this pattern is at the path, as the router sees it. */
export const isAt = (pattern: string, path: string): boolean => matches(segmentsOf(pattern), segmentsOf(path))

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return matches(pattern.slice(0, -1), path.slice(0, pattern.length - 1))
  if (pattern.length !== path.length) return false
  return pattern.every((part, index) => part === path[index] || (part.startsWith(':') && path[index] !== ''))
}
