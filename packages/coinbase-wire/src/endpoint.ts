/**
 * What a request can do at the venue: nothing, take orders off, put or move one, or change something else (money,
 * portfolios, settings). Decides what may be repeated: reads and cancels only.
 */
export type EndpointEffect = 'read' | 'cancel' | 'order' | 'change'

/** One request of the interface, as data. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path with `{placeholders}`, without host and query. */
  readonly path: string
  /** What the key must be allowed to do; `public` needs no key, `any` any key. */
  readonly permission: 'public' | 'any' | 'view' | 'trade' | 'transfer'
  /** Share of the bucket's tokens that one request takes. */
  readonly weight: number
  /** `private`: 30 a second per key. `public`: 10 a second per address. */
  readonly bucket: 'private' | 'public'
  readonly effect: EndpointEffect
  /** True for requests that may create or change an order: never sent twice. */
  readonly isOrderCommand: boolean
  /** Served by Coinbase's static sandbox. */
  readonly inSandbox: boolean
}

function endpointsUnder(prefix: string) {
  function make(
    method: Endpoint['method'],
    path: string,
    effect: EndpointEffect,
    options: Partial<Endpoint>,
  ): Endpoint {
    return {
      method,
      path: `${prefix}${path}`,
      permission: method === 'GET' ? 'view' : 'trade',
      weight: 1,
      bucket: 'private',
      effect,
      isOrderCommand: effect === 'order',
      inSandbox: false,
      ...options,
    }
  }
  return {
    read: (path: string, options: Partial<Endpoint> = {}) => make('GET', path, 'read', options),
    publicRead: (path: string) => make('GET', path, 'read', { permission: 'public', bucket: 'public' }),
    post: (path: string, effect: EndpointEffect, options: Partial<Endpoint> = {}) =>
      make('POST', path, effect, options),
    put: (path: string) => make('PUT', path, 'change', {}),
    del: (path: string, options: Partial<Endpoint> = {}) => make('DELETE', path, 'change', options),
    /** Moves money or opens a way for it. */
    transfer: (path: string) => make('POST', path, 'change', { permission: 'transfer' }),
  }
}

/** Makers of entries of the Advanced Trade interface. */
export const v3 = endpointsUnder('/api/v3/brokerage')

/** Makers of entries of the Coinbase App interface. */
export const v2 = endpointsUnder('/v2')
