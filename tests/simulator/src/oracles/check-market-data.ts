import type { Quote } from '../venue/market-driver.js'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** How far off the desk's idea of the venue's time may be beside it, and how long an answer may travel, ms. */
const clockMs = 1_000

/** The longest that an order may wait between its decision and its ticket, ms. */
const wantedMs = { immediate: 3_000, resting: 10_000 }

interface Input {
  readonly now_ms: number
  readonly book_product_id: string
  readonly market?: { readonly age_ms: number; readonly best_bid: string; readonly best_ask: string }
}

/**
 * An order that adds risk is recorded: its decision says that its prices were no older than allowed, and they were: the exchange showed
 * them, for this very book, within that age before the decision (I13). The decision's time is that of its process's own clock, and is
 * put back to where that clock stood.
 */
export function checkDecisionData(bench: Bench, { wish, intent, recordedBy }: ShadowIntent): void {
  if (!wish || intent.reducesExposure) return
  const { blame, policy } = bench
  const input = read(wish.decisionInput)
  if (!input.market) {
    blame('I13', `intent ${intent.intentId} was decided without market data`)
    return
  }
  const { age_ms: ageMs } = input.market
  if (ageMs > policy.maxMarketAgeMs) blame('I13', `intent ${intent.intentId} was decided on prices ${ageMs} ms old`)
  const times = bench.worldTimesOf(recordedBy, input.now_ms)
  const isFresh = times.some((atMs) => wasShown(bench, input, atMs - policy.maxMarketAgeMs - clockMs, atMs + clockMs))
  if (!isFresh) blame('I13', `intent ${intent.intentId} was decided on ${said(input)} lately shown nowhere`)
}

/**
 * An order that adds risk gets its ticket: not longer after its decision than it stays wanted, so on prices no older than their allowed
 * age and that time together (I13). Both times are promised one after the other: there is no allowance beside them but for clocks.
 *
 * What a person approved, and what took the place of an order that had to end first, is decided anew right before its ticket, and the
 * record does not keep on what. There it is judged by what the process can have known: market data of this book must have reached it
 * within the same time, and the book must have shown a price in the band that the person saw.
 */
export function checkTicketData(bench: Bench, by: string, { wish, intent, events }: ShadowIntent): void {
  if (!wish || intent.reducesExposure) return
  const { blame, world, policy } = bench
  // Asked for before its process was stopped and granted after: nothing can be signed on it any more (check-sends).
  if (intent.signByMs !== undefined && intent.signByMs + clockMs < world.nowMs()) return
  const input = read(wish.decisionInput)
  const isImmediate = intent.terms.timeInForce === 'IOC' || intent.terms.timeInForce === 'FOK'
  const waitMs = isImmediate ? wantedMs.immediate : wantedMs.resting
  const sinceMs = world.nowMs() - policy.maxMarketAgeMs - waitMs - clockMs
  if (intent.needsApproval || intent.kind === 'replace') {
    const seenAtMs = bench.pricesSeenAtMs(by, input.book_product_id)
    if (seenAtMs === undefined || seenAtMs < sinceMs)
      blame('I13', `intent ${intent.intentId} goes out, and ${by} has had no prices for it since ${seenAtMs ?? 'ever'}`)
    const { low, high } = intent.priceBand
    const isInBand = shownBetween(bench, input, sinceMs, world.nowMs()).some(({ bid, ask }) => {
      const mid = (Number(bid) + Number(ask)) / 2
      return mid >= Number(low) && mid <= Number(high)
    })
    if (!isInBand) blame('I13', `intent ${intent.intentId} goes out at a price outside its band ${low} to ${high}`)
    return
  }
  const begun = events.at(-1)?.event
  // Both by the clock of the process that decided and sends.
  if (begun?.type === 'submit_begun' && begun.notBeforeMs - input.now_ms > waitMs) {
    blame('I13', `intent ${intent.intentId} goes out ${begun.notBeforeMs - input.now_ms} ms after it was decided`)
  }
  if (!wasShown(bench, input, sinceMs, world.nowMs()))
    blame('I13', `intent ${intent.intentId} goes out on ${said(input)} lately shown nowhere`)
}

function read(decisionInput: string): Input {
  return JSON.parse(decisionInput) as Input
}

function said({ market, book_product_id: book }: Input): string {
  return `${market?.best_bid} / ${market?.best_ask} of ${book},`
}

/** What the book showed at some moment between the two. */
function shownBetween({ market }: Bench, input: Input, fromMs: number, toMs: number): readonly Quote[] {
  const quotes = market.quotes(input.book_product_id)
  return quotes.filter((quote, index) => {
    const untilMs = quotes[index + 1]?.fromMs ?? Number.MAX_SAFE_INTEGER
    return quote.fromMs <= toMs && untilMs >= fromMs
  })
}

/** Our own orders and takes move the touch between the levels that the driver shows, never beyond the shown best by the other side. */
function wasShown(bench: Bench, input: Input, fromMs: number, toMs: number): boolean {
  const { best_bid: bid, best_ask: ask } = input.market ?? {}
  return shownBetween(bench, input, fromMs, toMs).some((quote) => quote.bid === bid || quote.ask === ask)
}
