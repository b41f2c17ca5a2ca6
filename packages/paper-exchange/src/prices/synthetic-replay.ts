import type { PriceEvent } from '@tidegate/trading-model'
import type { ListedProduct } from '../products.js'
import type { PriceReplay } from '../state/pass-gap.js'
import { profileOf } from './market-profile.js'
import { OrderFlow } from './order-flow.js'

/** Longer gaps are marked and not replayed: a start must not take minutes. */
const longestReplayMs = 6 * 3_600_000
/** Steps of a replay: fine for short gaps, and never more than this many. */
const finestStepMs = 100
const mostSteps = 10_000

/**
 * The synthetic market of a time that has passed. Its path is a function of seed and time, so prices are where they would have
 * been; the trades and books along it are drawn anew, and in gaps of more than a quarter of an hour more coarsely. Of more than six
 * hours it says nothing.
 */
export function syntheticReplay(seed: number, products: readonly ListedProduct[]): PriceReplay['replay'] {
  return (bookIds, fromMs, toMs) => {
    if (toMs - fromMs > longestReplayMs) return undefined
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
