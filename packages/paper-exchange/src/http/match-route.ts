import type { Route } from './route.js'

export type RouteMatcher = (
  method: string,
  path: string,
) => { readonly route: Route; readonly parameters: Readonly<Record<string, string>> } | undefined

/** Compiles routes into a lookup. Literal paths win over placeholders; a segment that cannot be decoded matches nothing. */
export function matchRoutes(routes: readonly Route[]): RouteMatcher {
  const compiled = [...routes]
    .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))
    .map((route) => ({
      route,
      keys: [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
      pattern: new RegExp(`^${route.path.replace(/\{\w+\}/g, '([^/]+)')}/?$`),
    }))
  return (method, path) => {
    for (const { route, keys, pattern } of compiled) {
      if (route.method !== method) continue
      const match = pattern.exec(path)
      if (!match) continue
      try {
        const values = match.slice(1).map((value) => decodeURIComponent(value))
        return { route, parameters: Object.fromEntries(keys.map((key, index) => [key, values[index] ?? ''])) }
      } catch {
        return undefined
      }
    }
    return undefined
  }
}
