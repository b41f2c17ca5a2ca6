import type { Log, PriceEvent } from '@tidegate/trading-model'
import { fillByCross, fillByTrade, seeQueues } from './fill-resting.js'
import type { Market } from './market.js'
import type { Work } from './work.js'

/** The market shows levels: what we took there is back, what it has moved through fills us. */
export function onLevels(work: Work, market: Market, event: Extract<PriceEvent, { kind: 'levels' }>, log: Log): void {
  if (event.isSnapshot) {
    for (const side of ['bid', 'ask'] as const) {
      for (const level of market.displayed.levels(side)) work.noteLevel(market.bookId, side, level.ticks)
    }
    market.displayed.clear()
  }
  for (const change of event.changes) {
    const ticks = market.ticksOf(change.price)
    if (!Number.isSafeInteger(ticks) || ticks <= 0) {
      log.warn('paper_price_ignored', {
        productId: event.productId,
        price: change.price.toFixed(),
        why: 'not a whole number of price increments',
      })
      continue
    }
    market.displayed.show(change.side, ticks, change.price, change.size)
    work.noteLevel(market.bookId, change.side, ticks)
  }
  market.dataAtMs = event.atMs
  seeQueues(market)
  if (!market.isAuction) fillByCross(work, market)
}

/** The market trades: it is a print, volume that was seen, and perhaps somebody for our resting orders. */
export function onTrade(work: Work, market: Market, event: Extract<PriceEvent, { kind: 'trade' }>): void {
  const trade = market.print(event.price, event.size, event.aggressor, event.atMs)
  work.events.push({ kind: 'trade', trade })
  market.seenVolume = market.seenVolume.add(event.size)
  if (market.isAuction) return
  fillByTrade(work, market, { ticks: market.ticksOf(event.price), size: event.size, aggressor: event.aggressor })
}
