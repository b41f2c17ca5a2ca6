import { equityPeaks, type RecentFacts, type RecentOrder } from '@tidegate/risk-engine'
import {
  Decimal,
  EXTERNAL_PRINCIPAL,
  type Fill,
  type Intent,
  type IntentState,
  isTerminal,
  type OrderTerms,
  serializeTerms,
} from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import type { DayMarks } from '../positions/day-mark.js'
import type { SameBook } from '../same-book.js'
import type { PriceMemory } from './price-memory.js'

export interface RecentDeps {
  readonly context: DeskContext
  readonly books: SameBook
  readonly dayMarks: DayMarks
  readonly prices: PriceMemory
}

/** What the rest of the snapshot knows already. */
export interface RecentQuery {
  readonly principal: string
  readonly terms: OrderTerms
  readonly bookProductId: string
  readonly fills: readonly Fill[]
  readonly holdings: Readonly<Record<string, Decimal>>
  readonly usdPrices: Readonly<Record<string, Decimal>>
  readonly nowMs: number
}

/** States of orders that came or may come to something; refusals and what never reached the venue do not repeat anything. */
const wanted: readonly IntentState[] = [
  'AWAITING_APPROVAL',
  'RESERVED',
  'SUBMITTING',
  'UNKNOWN',
  'QUARANTINED',
  'ACKED',
  'OPEN',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
]

/** Where the policy names no window, its limit is off and nothing refers to the fact. */
const fallbackDays = 7

/**
 * What lies behind a decision: peaks of the portfolio, remembered prices, orders that this one may repeat.
 *
 * @throws {StoreError} The journal failed.
 */
export async function readRecent(deps: RecentDeps, query: RecentQuery): Promise<RecentFacts> {
  const { context, dayMarks, prices } = deps
  const { journal } = context
  const policy = context.policyFor(query.principal)
  const { bookProductId, fills, holdings, usdPrices, nowMs } = query
  const days = policy.drawdownWindowDays ?? fallbackDays
  const windowMs = Math.max(policy.duplicateOrderWindowMs ?? 0, policy.reentryWindowMs ?? 0)
  const [marks, intents] = await Promise.all([
    dayMarks.recent(days),
    windowMs > 0 ? journal.listIntents({ states: wanted, sinceMs: nowMs - windowMs }) : [],
  ])
  const orders = intents.filter((intent) => intent.kind !== 'edit' && intent.principal !== EXTERNAL_PRINCIPAL)
  return {
    equity: equityPeaks({ fills, marks, holdings, nowPrices: usdPrices, nowMs, days }),
    marks: prices.marks(bookProductId, policy.priceJumpWindowMs ?? 0),
    sameOrders: sameOrders(orders, query).map((intent) => toRecent(intent, nowMs)),
    entries: entries(orders, query, deps.books).map((intent) => toRecent(intent, nowMs)),
  }
}

function sameOrders(orders: readonly Intent[], { principal, terms }: RecentQuery): readonly Intent[] {
  const text = wishText(terms)
  return orders.filter(
    (intent) =>
      intent.principal === principal &&
      (!isTerminal(intent.state) || isFilled(intent)) &&
      wishText(intent.terms) === text,
  )
}

/** The terms without their times: an order that is asked for again a moment later may get other ones, and is the same order. */
function wishText(terms: OrderTerms): string {
  return serializeTerms({
    ...terms,
    ...('endTimeMs' in terms && terms.endTimeMs !== undefined ? { endTimeMs: 0 } : {}),
    ...(terms.orderType === 'TWAP' ? { startTimeMs: 0 } : {}),
  })
}

function entries(orders: readonly Intent[], { terms, bookProductId }: RecentQuery, books: SameBook): readonly Intent[] {
  return orders.filter(
    (intent) =>
      !intent.reducesExposure &&
      intent.terms.side === terms.side &&
      isFilled(intent) &&
      books.isSame(intent.terms.productId, bookProductId),
  )
}

function isFilled(intent: Intent): boolean {
  return new Decimal(intent.filledSize).gt(0)
}

function toRecent({ intentId, createdAtMs }: Intent, nowMs: number): RecentOrder {
  return { intentId, ageMs: Math.max(0, nowMs - createdAtMs) }
}
