import { type Decimal, type Fresh, formatDecimal, type Ticker } from '@tidegate/trading-model'
import { withProduct } from '../not-found.js'
import { showTicker } from '../resources/ticker.js'
import { showTime } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { Condition } from './condition.js'

/** Which side of the price is waited for; the price itself counts. */
export const DIRECTIONS = ['ABOVE', 'BELOW'] as const

export interface Crossing {
  readonly productId: string
  readonly direction: (typeof DIRECTIONS)[number]
  /** Quote per base. */
  readonly price: Decimal
}

/**
 * The last trade price reaches a level, from either side. A stale price says nothing; the first fresh one does.
 *
 * @throws NotFoundError `PRODUCT_NOT_FOUND`.
 */
export async function priceCrossing(context: SurfaceContext, crossing: Crossing): Promise<Condition> {
  const { market } = context
  const { productId, direction, price } = crossing
  let latest: Fresh<Ticker> | undefined
  let hit: { readonly ticker: Fresh<Ticker>; readonly atMs: number } | undefined
  const take = (ticker: Fresh<Ticker>): void => {
    latest = ticker
    const isThere = direction === 'ABOVE' ? ticker.value.price.gte(price) : ticker.value.price.lte(price)
    if (isThere && !ticker.stale) hit ??= { ticker, atMs: ticker.asOfMs }
  }
  take(await withProduct(market, productId, () => market.ticker(productId)))
  return {
    known() {
      const shown = hit?.ticker ?? latest
      const level = `${direction === 'ABOVE' ? 'at or above' : 'at or below'} ${formatDecimal(price)}`
      const last = latest ? formatDecimal(latest.value.price) : 'unknown'
      return {
        happened: hit !== undefined,
        shown: {
          ...(shown ? { ticker: showTicker(shown) } : {}),
          ...(hit ? { happened_at: showTime(hit.atMs) } : {}),
        },
        words: `${productId} is at ${last}; waiting for ${level}`,
      }
    },
    watch(changed) {
      const stop = market.watch(productId, (ticker) => {
        take(ticker)
        changed()
      })
      context.subscribeTicker?.([productId]).catch((error: unknown) => {
        context.log.warn('stream_not_opened', { productId, error })
      })
      return stop
    },
  }
}
