import type { Clock, Decimal, Ids } from '@tidegate/trading-model'
import type { ExchangeEngine } from '../engine/exchange-engine.js'
import { DEFAULT_PORTFOLIO } from '../engine/records.js'
import type { ExchangeKey } from '../keys/exchange-key.js'
import { type Identity, portfolioUuid } from '../keys/identity.js'
import type { CandleStore } from '../prices/candle-store.js'
import type { Query } from './query.js'

/** What routes and channels work with. */
export interface ExchangeContext {
  readonly engine: ExchangeEngine
  readonly candles: CandleStore
  readonly identity: Identity
  readonly clock: Clock
  /** Stamps frames as they are sent; the exchange's clock where nothing else is said. */
  readonly sendClock?: Clock
  readonly ids: Ids
  readonly fees: { readonly tier: string; readonly takerRate: Decimal; readonly makerRate: Decimal }
}

export interface RouteRequest {
  /** Placeholders of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Query
  /** Parsed JSON; numbers as decimal text. `undefined` where there was no body. */
  readonly body: unknown
  readonly key: ExchangeKey | undefined
}

/** What the caller's key must be allowed to do. */
export type RouteAccess = 'public' | 'any' | 'view' | 'trade' | 'transfer'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{placeholders}`. */
  readonly path: string
  /** Name for faults and logs. */
  readonly verb: string
  readonly access: RouteAccess
  /** @returns The body of a 200. @throws WireFault for everything else. */
  readonly handle: (request: RouteRequest, context: ExchangeContext) => unknown
}

export const v3 = '/api/v3/brokerage'

/** True when a request names another portfolio than the caller's key is bound to: such a key sees its own only. */
export function namesAnother(uuid: unknown, key: ExchangeKey | undefined, { identity }: ExchangeContext): boolean {
  return typeof uuid === 'string' && uuid !== '' && uuid !== portfolioUuid(identity, portfolioOf(key))
}

/** The portfolio that a caller's key trades in. */
export function portfolioOf(key: ExchangeKey | undefined): string {
  return key?.portfolioId ?? DEFAULT_PORTFOLIO
}
