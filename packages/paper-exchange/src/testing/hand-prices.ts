import { Decimal, type PriceEvent, type PriceSource } from '@tidegate/trading-model'
import { levelsEvent } from './test-market.js'

/** A price source that the test moves by hand. */
export function handPrices() {
  let sink: ((event: PriceEvent) => void) | undefined
  const source: PriceSource = {
    name: 'hand',
    open(listener) {
      sink = listener
      return () => {
        sink = undefined
      }
    },
  }
  return {
    source,
    show(levels: readonly (readonly ['bid' | 'ask', string, string])[], isSnapshot = true, productId = 'BTC-USD') {
      sink?.(levelsEvent(productId, 0, levels, isSnapshot))
    },
    trade(price: string, size: string, aggressor: 'BUY' | 'SELL', atMs: number, productId = 'BTC-USD') {
      sink?.({ kind: 'trade', productId, atMs, price: new Decimal(price), size: new Decimal(size), aggressor })
    },
  }
}
