/** What a request can do at the venue: nothing, take orders off, or put one on. Decides what may be repeated. */
export type EndpointEffect = 'read' | 'cancel' | 'order'

/** One request of the interface, as data. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  /** Path with `{placeholders}`, without host and query. */
  readonly path: string
  /** What the key must be allowed to do; `public` needs no key, `any` any key. */
  readonly permission: 'public' | 'any' | 'view' | 'trade'
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

const v3 = '/api/v3/brokerage'

function read(path: string, options: Partial<Endpoint> = {}): Endpoint {
  return {
    method: 'GET',
    path,
    permission: 'view',
    weight: 1,
    bucket: 'private',
    effect: 'read',
    isOrderCommand: false,
    inSandbox: false,
    ...options,
  }
}

function publicRead(path: string): Endpoint {
  return read(path, { permission: 'public', bucket: 'public' })
}

function post(path: string, effect: EndpointEffect): Endpoint {
  return {
    method: 'POST',
    path,
    permission: 'trade',
    weight: 1,
    bucket: 'private',
    effect,
    isOrderCommand: effect === 'order',
    inSandbox: true,
  }
}

/** Every request that Tidegate speaks, by the name of its verb. The name is also the metric label. */
export const ENDPOINTS = {
  listAccounts: read(`${v3}/accounts`, { inSandbox: true }),
  getAccount: read(`${v3}/accounts/{account_uuid}`, { inSandbox: true }),
  listProducts: read(`${v3}/products`, { weight: 3 }),
  getProduct: read(`${v3}/products/{product_id}`, { weight: 3 }),
  getProductBook: read(`${v3}/product_book`, { weight: 3 }),
  getBestBidAsk: read(`${v3}/best_bid_ask`, { weight: 3 }),
  getCandles: read(`${v3}/products/{product_id}/candles`, { weight: 3 }),
  getMarketTrades: read(`${v3}/products/{product_id}/ticker`, { weight: 3 }),
  listPublicProducts: publicRead(`${v3}/market/products`),
  getPublicProduct: publicRead(`${v3}/market/products/{product_id}`),
  getPublicProductBook: publicRead(`${v3}/market/product_book`),
  getPublicCandles: publicRead(`${v3}/market/products/{product_id}/candles`),
  getPublicMarketTrades: publicRead(`${v3}/market/products/{product_id}/ticker`),
  getServerTime: publicRead(`${v3}/time`),
  createOrder: post(`${v3}/orders`, 'order'),
  previewOrder: post(`${v3}/orders/preview`, 'read'),
  cancelOrders: post(`${v3}/orders/batch_cancel`, 'cancel'),
  listOrders: read(`${v3}/orders/historical/batch`, { inSandbox: true }),
  listFills: read(`${v3}/orders/historical/fills`, { inSandbox: true }),
  getOrder: read(`${v3}/orders/historical/{order_id}`, { inSandbox: true }),
  getTransactionSummary: read(`${v3}/transaction_summary`, { weight: 3 }),
  getKeyPermissions: read(`${v3}/key_permissions`, { permission: 'any' }),
  listV2Accounts: read('/v2/accounts'),
  listV2Transactions: read('/v2/accounts/{account_id}/transactions'),
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof ENDPOINTS

/** Fills the placeholders of an endpoint's path; values are percent-encoded, so an id cannot climb out of its segment. */
export function endpointPath(name: EndpointName, parameters: Readonly<Record<string, string>> = {}): string {
  return ENDPOINTS[name].path.replace(/\{(\w+)\}/g, (_whole, key: string) => {
    const value = parameters[key]
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new RangeError(`${name} needs a usable ${key}`)
    }
    return encodeURIComponent(value)
  })
}

const compiled = Object.entries(ENDPOINTS).map(([name, endpoint]) => ({
  name: name as EndpointName,
  method: endpoint.method,
  literal: !endpoint.path.includes('{'),
  keys: [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string),
  pattern: new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '([^/]+)')}$`),
}))

/**
 * Finds which request a method and a path are: the server's side of the table. Literal paths win over placeholders.
 *
 * @param path - Without query.
 */
export function matchEndpoint(
  method: string,
  path: string,
): { readonly name: EndpointName; readonly parameters: Readonly<Record<string, string>> } | undefined {
  for (const wantLiteral of [true, false]) {
    for (const entry of compiled) {
      if (entry.literal !== wantLiteral || entry.method !== method) continue
      const match = entry.pattern.exec(path)
      if (!match) continue
      const parameters: Record<string, string> = {}
      for (const [index, key] of entry.keys.entries()) {
        const value = decodeSegment(match[index + 1] ?? '')
        if (value === undefined) return undefined
        parameters[key] = value
      }
      return { name: entry.name, parameters }
    }
  }
  return undefined
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
