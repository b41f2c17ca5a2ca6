import {
  Decimal,
  type Fill,
  type OrderTerms,
  type TicketFields,
  type VenueAck,
  type VenueOrder,
  ZERO,
} from '@tidegate/trading-model'
import type { MemoryMarket } from './memory-market.js'

/** An order as the memory venue keeps it. */
export interface StoredOrder {
  order: VenueOrder
  terms: OrderTerms
  visibleAtMs: number
}

/** Statuses after which an order neither fills nor holds anything. */
export const dead: ReadonlySet<string> = new Set(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])

/** The answer to a submit that made this order. */
export function ackOf(order: VenueOrder): VenueAck {
  return {
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    productId: order.productId,
    side: order.side,
    receivedAtMs: order.createdAtMs,
  }
}

/** An order as it begins: open, nothing filled. */
export function newOrder({ clientOrderId, terms }: TicketFields, orderId: string, createdAtMs: number): VenueOrder {
  return {
    orderId,
    clientOrderId,
    productId: terms.productId,
    side: terms.side,
    orderType: terms.orderType,
    timeInForce: terms.timeInForce,
    status: 'OPEN',
    ...(terms.size.kind === 'base' ? { baseSize: terms.size.baseSize } : { quoteSize: terms.size.quoteSize }),
    ...(terms.orderType === 'MARKET' ? {} : { limitPrice: terms.limitPrice }),
    ...(terms.orderType === 'STOP_LIMIT' ? { stopPrice: terms.stopPrice, stopDirection: terms.stopDirection } : {}),
    ...(terms.orderType === 'BRACKET' ? { stopPrice: terms.stopPrice } : {}),
    ...(terms.orderType === 'TWAP' ? { startTimeMs: terms.startTimeMs, sliceCount: terms.sliceCount } : {}),
    ...(terms.orderType === 'SCALED' ? { rungs: terms.rungs } : {}),
    ...('endTimeMs' in terms && terms.endTimeMs !== undefined ? { endTimeMs: terms.endTimeMs } : {}),
    ...('attached' in terms && terms.attached ? { attached: terms.attached } : {}),
    filledSize: ZERO,
    filledValue: ZERO,
    totalFees: ZERO,
    numberOfFills: 0,
    createdAtMs,
  }
}

/** Whether an order would trade at once at the best price. */
export function isMarketable(market: MemoryMarket, terms: OrderTerms): boolean {
  if (terms.orderType === 'MARKET') return true
  if (terms.orderType !== 'LIMIT' || terms.postOnly) return false
  const quote = market.quote(terms.productId)
  return terms.side === 'BUY' ? terms.limitPrice.gte(quote.ask) : terms.limitPrice.lte(quote.bid)
}

/** One execution of `baseSize` (default: the rest) at the order's limit or the best price, and the order after it. */
export function execute(
  { order, terms }: StoredOrder,
  by: {
    readonly tradeId: string
    readonly quote: { readonly bid: Decimal; readonly ask: Decimal }
    readonly takerRate: Decimal
    readonly nowMs: number
    readonly baseSize?: string
  },
): { order: VenueOrder; fill: Fill } {
  const { quote, takerRate, nowMs } = by
  const price = terms.orderType === 'MARKET' ? (terms.side === 'BUY' ? quote.ask : quote.bid) : terms.limitPrice
  const target =
    terms.size.kind === 'base'
      ? terms.size.baseSize
      : terms.size.quoteSize.div(price.mul(takerRate.plus(1))).toDecimalPlaces(8, Decimal.ROUND_DOWN)
  const baseSize = Decimal.min(
    by.baseSize === undefined ? target : new Decimal(by.baseSize),
    target.minus(order.filledSize),
  )
  const value = baseSize.mul(price)
  const fee = value.mul(takerRate)
  const filledSize = order.filledSize.plus(baseSize)
  const filledValue = order.filledValue.plus(value)
  return {
    fill: {
      orderId: order.orderId,
      tradeId: by.tradeId,
      productId: order.productId,
      side: order.side,
      price,
      baseSize,
      fee,
      feeCurrency: terms.productId.split('-')[1] ?? 'USD',
      liquidity: 'TAKER',
      tradedAtMs: nowMs,
      sequenceAtMs: nowMs,
    },
    order: {
      ...order,
      status: filledSize.eq(target) ? 'FILLED' : order.status === 'EDIT_QUEUED' ? 'EDIT_QUEUED' : 'OPEN',
      filledSize,
      filledValue,
      averageFilledPrice: filledValue.div(filledSize),
      totalFees: order.totalFees.plus(fee),
      numberOfFills: order.numberOfFills + 1,
      lastFillAtMs: nowMs,
    },
  }
}

/** What live orders hold of a currency, fees included. */
export function holdOf(
  orders: Iterable<StoredOrder>,
  currency: string,
  { market, takerRate }: { readonly market: MemoryMarket; readonly takerRate: Decimal },
): Decimal {
  return [...orders]
    .filter((stored) => !dead.has(stored.order.status))
    .reduce((sum, { order, terms }) => {
      const [base, quote] = terms.productId.split('-')
      if ((terms.side === 'BUY' ? quote : base) !== currency) return sum
      if (terms.size.kind === 'quote') return sum.plus(terms.size.quoteSize).minus(order.filledValue)
      const left = terms.size.baseSize.minus(order.filledSize)
      if (terms.side === 'SELL') return sum.plus(left)
      const price = terms.orderType === 'MARKET' ? market.quote(terms.productId).ask : terms.limitPrice
      return sum.plus(left.mul(price).mul(takerRate.plus(1)))
    }, ZERO)
}
