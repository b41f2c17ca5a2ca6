import { isLoopbackHost } from '../config/value-readers.js'

/** Under which names our endpoint may be called, and by which web pages. */
export interface CallerRules {
  /** The port we listen on. */
  readonly port: number
  /** Names beside the loopback ones, with or without port. */
  readonly allowedHosts: readonly string[]
  /** Origins beside our own. */
  readonly allowedOrigins: readonly string[]
}

/**
 * Defends against DNS rebinding and foreign web pages: a request must name us by a name that is ours, and a browser must
 * come from a page that is ours. Programs send no `Origin` and pass.
 *
 * @returns Why the request is refused, or `undefined`.
 */
export function checkCaller(
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  rules: CallerRules,
): 'missing host' | 'foreign host' | 'foreign origin' | undefined {
  const { host, origin } = headers
  if (host === undefined || host === '') return 'missing host'
  if (!isOurHost(host, rules)) return 'foreign host'
  if (origin === undefined) return undefined
  if (rules.allowedOrigins.includes(origin)) return undefined
  const named = /^http:\/\/([^/]+)$/.exec(origin)?.[1]
  return named !== undefined && isLoopbackWithPort(named, rules.port) ? undefined : 'foreign origin'
}

function isOurHost(host: string, rules: CallerRules): boolean {
  if (isLoopbackWithPort(host, rules.port)) return true
  const lower = host.toLowerCase()
  const bare = lower.replace(/:\d+$/, '')
  return rules.allowedHosts.some((allowed) => allowed.toLowerCase() === lower || allowed.toLowerCase() === bare)
}

function isLoopbackWithPort(host: string, port: number): boolean {
  const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+):(\d{1,5})$/.exec(host)
  return parts?.[1] !== undefined && Number(parts[2]) === port && isLoopbackHost(parts[1])
}
