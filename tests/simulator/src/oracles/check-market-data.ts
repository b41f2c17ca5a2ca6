import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** What a decision may lag behind the exchange beside its allowed age: the ways there and back, ms. */
const travelMs = 2_000

/** The prices a decision rests on were shown by the exchange, for this very book, and not longer ago than allowed (I13). */
export function checkMarketData({ blame, market, world, policy }: Bench, { wish, intent }: ShadowIntent): void {
  if (!wish || intent.reducesExposure) return
  const input = JSON.parse(wish.decisionInput) as {
    readonly book_product_id: string
    readonly market?: { readonly best_bid: string; readonly best_ask: string }
  }
  if (!input.market) {
    blame('I13', `intent ${intent.intentId} was decided without market data`)
    return
  }
  const { best_bid: bid, best_ask: ask } = input.market
  const sinceMs = world.nowMs() - policy.maxMarketAgeMs - travelMs
  const quotes = market.quotes(input.book_product_id)
  const isShown = quotes.some((quote, index) => {
    const untilMs = quotes[index + 1]?.fromMs ?? Number.MAX_SAFE_INTEGER
    return untilMs >= sinceMs && touches(quote, bid, ask)
  })
  if (!isShown) {
    blame(
      'I13',
      `intent ${intent.intentId} was decided on ${bid} / ${ask}, which ${input.book_product_id} has not shown lately`,
    )
  }
}

/** Our own orders and takes move the touch between the levels that the driver shows, never beyond the shown best by the other side. */
function touches(quote: { readonly bid: string; readonly ask: string }, bid: string, ask: string): boolean {
  return quote.bid === bid || quote.ask === ask
}
