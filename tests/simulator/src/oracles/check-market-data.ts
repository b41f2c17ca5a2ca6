import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** How far off the desk's idea of the venue's time may be beside it, ms. */
const clockMs = 1_000

/** The longest that an order may wait between its decision and its ticket, ms. */
const wantedMs = { immediate: 3_000, resting: 10_000 }

/**
 * An order gets its ticket: the prices it goes out on were shown by the exchange, for this very book, and not longer ago than their
 * allowed age and the time that an order stays wanted (I13). What a person approved was decided anew since, on prices the record does not
 * keep.
 */
export function checkMarketData({ blame, market, world, policy }: Bench, { wish, intent, events }: ShadowIntent): void {
  if (!wish || intent.reducesExposure || intent.needsApproval) return
  const input = JSON.parse(wish.decisionInput) as {
    readonly now_ms: number
    readonly book_product_id: string
    readonly market?: { readonly best_bid: string; readonly best_ask: string }
  }
  const isImmediate = intent.terms.timeInForce === 'IOC' || intent.terms.timeInForce === 'FOK'
  const waitMs = isImmediate ? wantedMs.immediate : wantedMs.resting
  const begun = events.at(-1)?.event
  // Both by the clock of the process that decided and sends.
  if (begun?.type === 'submit_begun' && begun.notBeforeMs - input.now_ms > waitMs) {
    blame('I13', `intent ${intent.intentId} goes out ${begun.notBeforeMs - input.now_ms} ms after it was decided`)
  }
  if (!input.market) {
    blame('I13', `intent ${intent.intentId} goes out without market data`)
    return
  }
  const { best_bid: bid, best_ask: ask } = input.market
  const sinceMs = world.nowMs() - policy.maxMarketAgeMs - waitMs - clockMs
  const quotes = market.quotes(input.book_product_id)
  const isShown = quotes.some((quote, index) => {
    const untilMs = quotes[index + 1]?.fromMs ?? Number.MAX_SAFE_INTEGER
    return untilMs >= sinceMs && touches(quote, bid, ask)
  })
  if (!isShown) {
    blame(
      'I13',
      `intent ${intent.intentId} goes out on ${bid} / ${ask}, which ${input.book_product_id} has not shown lately`,
    )
  }
}

/** Our own orders and takes move the touch between the levels that the driver shows, never beyond the shown best by the other side. */
function touches(quote: { readonly bid: string; readonly ask: string }, bid: string, ask: string): boolean {
  return quote.bid === bid || quote.ask === ask
}
