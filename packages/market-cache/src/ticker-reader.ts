import type { Fresh, Product, Ticker } from '@tidegate/trading-model'
import { NotFoundError } from '@tidegate/trading-model'
import { ageOf, type Kept, toFresh } from './age-value.js'
import type { LiveTickers } from './live-tickers.js'
import type { MarketCacheOptions } from './market-cache-options.js'
import { createSingleFlight } from './single-flight.js'

/** Reads tickers: from the stream while it is whole and young enough, else by request. */
export interface TickerReader {
  /** `bookProductId` is the id of the book itself, never an alias. */
  read(bookProductId: string, maxAgeMs: number | undefined): Promise<Fresh<Ticker>>
  /** The best value at hand without asking the venue. */
  peek(bookProductId: string): Fresh<Ticker> | undefined
}

/** Makes the reader over the stream's tickers. */
export function createTickerReader(options: MarketCacheOptions, tickers: LiveTickers): TickerReader {
  const { source, clock, ttl, log } = options
  const flight = createSingleFlight()
  const fetched = new Map<string, Kept<Ticker>>()

  const candidates = (bookProductId: string, nowMs: number): { kept: Kept<Ticker>; isBroken: boolean }[] => {
    const streamed = tickers.get(bookProductId)
    const cached = fetched.get(bookProductId)
    const found = [...(streamed ? [streamed] : []), ...(cached ? [{ kept: cached, isBroken: false }] : [])]
    return found.sort((a, b) => Number(a.isBroken) - Number(b.isBroken) || ageOf(a.kept, nowMs) - ageOf(b.kept, nowMs))
  }

  const fetchTicker = (bookProductId: string): Promise<Kept<Ticker>> =>
    flight(bookProductId, async () => {
      // The request was asked before the venue answered, so this moment never makes the answer look too young.
      const askedAtMs = clock.nowMs()
      const [quote, product] = await Promise.all([
        source.trades(bookProductId, 1),
        // Only for the 24 h figures: without them the quote is still worth having.
        source.product(bookProductId).catch(() => undefined),
      ])
      const price = quote.trades[0]?.price ?? product?.price
      if (!price) {
        throw new NotFoundError(`${bookProductId} has not traded yet`, { context: { productId: bookProductId } })
      }
      const kept: Kept<Ticker> = {
        value: {
          productId: bookProductId,
          price,
          ...(quote.bestBid ? { bestBid: quote.bestBid } : {}),
          ...(quote.bestAsk ? { bestAsk: quote.bestAsk } : {}),
          ...dayFigures(product),
        },
        asOfMs: askedAtMs,
        receivedAtMs: askedAtMs,
        source: 'cache',
      }
      fetched.set(bookProductId, kept)
      return kept
    })

  return {
    async read(bookProductId, maxAgeMs) {
      const boundMs = maxAgeMs ?? ttl.tickerMs
      const nowMs = clock.nowMs()
      for (const { kept, isBroken } of candidates(bookProductId, nowMs)) {
        if (!isBroken && ageOf(kept, nowMs) <= boundMs) return toFresh(kept, nowMs, boundMs)
      }
      try {
        const answer = await fetchTicker(bookProductId)
        const streamed = tickers.get(bookProductId)
        const afterMs = clock.nowMs()
        if (streamed && !streamed.isBroken && ageOf(streamed.kept, afterMs) < ageOf(answer, afterMs)) {
          return toFresh(streamed.kept, afterMs, boundMs)
        }
        return { ...toFresh(answer, afterMs, boundMs), source: 'rest' }
      } catch (error) {
        const best = candidates(bookProductId, clock.nowMs())[0]
        if (!best) throw error
        log?.warn('market_refresh_failed', { kind: 'ticker', productId: bookProductId, error })
        return toFresh(best.kept, clock.nowMs(), boundMs, best.isBroken)
      }
    },
    peek(bookProductId) {
      const best = candidates(bookProductId, clock.nowMs())[0]
      return best && toFresh(best.kept, clock.nowMs(), ttl.tickerMs, best.isBroken)
    },
  }
}

function dayFigures(product: Product | undefined): Partial<Ticker> {
  return {
    ...(product?.volume24h ? { volume24h: product.volume24h } : {}),
    ...(product?.priceChangePct24h ? { priceChangePct24h: product.priceChangePct24h } : {}),
  }
}
