import type { PriceEvent } from '@tidegate/trading-model'
import type { ExchangeEngine } from '../engine/exchange-engine.js'
import type { Gap } from '../engine/records.js'
import { profileOf } from '../prices/market-profile.js'
import { OrderFlow } from '../prices/order-flow.js'
import type { ListedProduct } from '../products.js'

/** A price source that can tell what happened while nobody was listening. */
export interface PriceReplay {
  /**
   * Events of these books in order of time, `(fromMs, toMs]`, beginning with a snapshot each.
   *
   * @returns `undefined` when it does not know that time.
   */
  replay(bookIds: readonly string[], fromMs: number, toMs: number): Iterable<PriceEvent> | undefined
}

/** Longer gaps are marked and not replayed: a start must not take minutes. */
const longestReplayMs = 6 * 3_600_000
/** Steps of a replay: fine for short gaps, and never more than this many. */
const finestStepMs = 100
const mostSteps = 10_000

/**
 * Brings the live orders over the time in which the exchange did not run: worked through it where the price source knows what
 * happened, marked as having slept through it either way (R9).
 */
export function passGap(
  engine: ExchangeEngine,
  gap: Gap,
  replay: PriceReplay['replay'] | undefined,
): { readonly orderIds: readonly string[]; readonly isReplayed: boolean } {
  const live = [...engine.state.live.values()]
  const books = new Set(live.map((order) => engine.market(order.terms.productId)?.bookId ?? order.terms.productId))
  const isShort = gap.toMs > gap.fromMs && gap.toMs - gap.fromMs <= longestReplayMs
  const events = live.length > 0 && isShort ? replay?.([...books], gap.fromMs, gap.toMs) : undefined
  const orderIds = engine.markGap({ ...gap, isReplayed: events !== undefined })
  if (events) engine.replay(events)
  return { orderIds, isReplayed: events !== undefined }
}

/**
 * The synthetic market of a time that has passed. Its path is a function of seed and time, so prices are where they would have
 * been; the trades and books along it are drawn anew, and in gaps of more than a quarter of an hour more coarsely.
 */
export function syntheticReplay(seed: number, products: readonly ListedProduct[]): PriceReplay['replay'] {
  return (bookIds, fromMs, toMs) => {
    const wanted = products.filter(({ productId, alias }) => alias === undefined && bookIds.includes(productId))
    const stepMs = Math.max(finestStepMs, Math.ceil((toMs - fromMs) / mostSteps))
    return flows(seed, wanted, fromMs, toMs, stepMs)
  }
}

function* flows(
  seed: number,
  products: readonly ListedProduct[],
  fromMs: number,
  toMs: number,
  stepMs: number,
): Iterable<PriceEvent> {
  const markets = products.map(
    (product) => new OrderFlow(product, profileOf(product), product.referencePrice.toNumber(), seed, fromMs),
  )
  for (const market of markets) yield* market.open(fromMs)
  for (let atMs = fromMs + stepMs; atMs <= toMs; atMs += stepMs) {
    for (const market of markets) yield* market.step(atMs)
  }
}
