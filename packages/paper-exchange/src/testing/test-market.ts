import type { PlainTerms } from '@tidegate/coinbase-wire'
import { CountingIds, FakeTime, MemoryLog } from '@tidegate/testkit'
import { Decimal, type PriceEvent, type Product } from '@tidegate/trading-model'
import { CAPTURED_FEE_TIERS } from '../accounts/fee-tiers.js'
import type { EngineOptions, PlaceOptions } from '../engine/engine-options.js'
import { ExchangeEngine } from '../engine/exchange-engine.js'
import { ExchangeState } from '../engine/exchange-state.js'
import type { Effect } from '../engine/records.js'
import type { BracketTerms, ExchangeTerms, ScaledTerms, TwapTerms } from '../engine/terms.js'
import type { EngineEvent } from '../engine/work.js'
import { DEFAULT_PRODUCTS } from '../products.js'

/** An engine with a market that the test moves by hand. Test helper; not part of the package. */
export function testMarket(options: Partial<EngineOptions> & { deposits?: Record<string, string> } = {}) {
  const time = new FakeTime()
  const events: EngineEvent[] = []
  const effects: Effect[] = []
  const log = new MemoryLog()
  const engine = new ExchangeEngine({
    state: new ExchangeState(),
    products: DEFAULT_PRODUCTS as readonly Product[],
    clock: time,
    ids: new CountingIds(),
    log,
    feeTiers: CAPTURED_FEE_TIERS,
    commit: (batch) => effects.push(...batch),
    publish: (event) => events.push(event),
    ...options,
  })
  for (const [currency, amount] of Object.entries(options.deposits ?? { USD: '10000', USDC: '10000', BTC: '2' })) {
    engine.deposit(currency, new Decimal(amount))
  }
  let count = 0
  const place = (terms: ExchangeTerms, clientOrderId = `order-${++count}`, more: PlaceOptions = {}) =>
    engine.place(clientOrderId, terms, more)
  return {
    engine,
    time,
    events,
    effects,
    log,
    place,
    /** Shows levels, `[side, price, size]`; a snapshot unless told otherwise. */
    show(levels: readonly (readonly ['bid' | 'ask', string, string])[], isSnapshot = true, productId = 'BTC-USD') {
      engine.onPrice(levelsEvent(productId, time.nowMs(), levels, isSnapshot))
    },
    trade(price: string, size: string, aggressor: 'BUY' | 'SELL', productId = 'BTC-USD') {
      engine.onPrice({
        kind: 'trade',
        productId,
        atMs: time.nowMs(),
        price: new Decimal(price),
        size: new Decimal(size),
        aggressor,
      })
    },
    /** Places and expects acceptance. */
    accept(terms: ExchangeTerms, clientOrderId?: string, more?: PlaceOptions) {
      const result = place(terms, clientOrderId, more)
      if (result.kind !== 'accepted') throw new Error(`refused: ${result.reason} ${result.message}`)
      return result.order
    },
    refuse(terms: ExchangeTerms, more?: PlaceOptions) {
      const result = place(terms, undefined, more)
      return result.kind === 'refused' ? result.reason : 'accepted'
    },
    available: (currency: string) => engine.state.wallets.available(currency).toFixed(),
    hold: (currency: string) => engine.state.wallets.get(currency)?.hold.toFixed() ?? '0',
  }
}

export function levelsEvent(
  productId: string,
  atMs: number,
  levels: readonly (readonly ['bid' | 'ask', string, string])[],
  isSnapshot: boolean,
): PriceEvent {
  return {
    kind: 'levels',
    productId,
    atMs,
    isSnapshot,
    changes: levels.map(([side, price, size]) => ({ side, price: new Decimal(price), size: new Decimal(size) })),
  }
}

const base = (size: string) => ({ kind: 'base', baseSize: new Decimal(size) }) as const

export function marketBuyFor(quoteSize: string, productId = 'BTC-USD'): PlainTerms {
  const size = { kind: 'quote', quoteSize: new Decimal(quoteSize) } as const
  return { orderType: 'MARKET', timeInForce: 'IOC', productId, side: 'BUY', size }
}

export function marketOrder(side: 'BUY' | 'SELL', size: string, productId = 'BTC-USD'): PlainTerms {
  return { orderType: 'MARKET', timeInForce: 'IOC', productId, side, size: base(size) }
}

export function limitOrder(
  side: 'BUY' | 'SELL',
  size: string,
  price: string,
  more: {
    timeInForce?: 'GTC' | 'GTD' | 'IOC' | 'FOK'
    postOnly?: boolean
    endTimeMs?: number
    productId?: string
  } = {},
): PlainTerms {
  return {
    orderType: 'LIMIT',
    productId: 'BTC-USD',
    timeInForce: 'GTC',
    postOnly: false,
    side,
    size: base(size),
    limitPrice: new Decimal(price),
    ...more,
  }
}

export function stopOrder(
  side: 'BUY' | 'SELL',
  size: string,
  stop: string,
  limit: string,
  stopDirection: 'UP' | 'DOWN',
): PlainTerms {
  return {
    orderType: 'STOP_LIMIT',
    timeInForce: 'GTC',
    productId: 'BTC-USD',
    side,
    size: base(size),
    limitPrice: new Decimal(limit),
    stopPrice: new Decimal(stop),
    stopDirection,
  }
}

export function bracketOrder(
  side: 'BUY' | 'SELL',
  size: string,
  limit: string,
  trigger: string,
  endTimeMs?: number,
): BracketTerms {
  return {
    orderType: 'BRACKET',
    timeInForce: endTimeMs === undefined ? 'GTC' : 'GTD',
    productId: 'BTC-USD',
    side,
    size: base(size),
    limitPrice: new Decimal(limit),
    stopTriggerPrice: new Decimal(trigger),
    ...(endTimeMs === undefined ? {} : { endTimeMs }),
  }
}

export function twapOrder(
  side: 'BUY' | 'SELL',
  size: TwapTerms['size'] | string,
  limit: string,
  startTimeMs: number,
  buckets: number,
  bucketMs = 60_000,
): TwapTerms {
  return {
    orderType: 'TWAP',
    timeInForce: 'GTD',
    productId: 'BTC-USD',
    side,
    size: typeof size === 'string' ? base(size) : size,
    limitPrice: new Decimal(limit),
    startTimeMs,
    endTimeMs: startTimeMs + buckets * bucketMs,
    bucketCount: buckets,
    bucketDurationMs: bucketMs,
  }
}

export function ladderOrder(
  side: 'BUY' | 'SELL',
  rungs: readonly (readonly [price: string, size: string])[],
): ScaledTerms {
  const total = rungs.reduce((sum, [, size]) => sum.add(size), new Decimal(0))
  return {
    orderType: 'SCALED',
    timeInForce: 'GTC',
    productId: 'BTC-USD',
    side,
    size: { kind: 'base', baseSize: total },
    rungs: rungs.map(([price, size]) => ({ limitPrice: new Decimal(price), baseSize: new Decimal(size) })),
  }
}
