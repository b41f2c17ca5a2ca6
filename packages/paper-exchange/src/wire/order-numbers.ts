import { type Decimal, formatDecimal, ZERO } from '@tidegate/trading-model'
import { averagePrice } from '../accounts/fill-arithmetic.js'
import { isLive, type OrderRecord, remainingSize, spentValue, workableSize } from '../engine/records.js'
import type { ExchangeTerms } from '../engine/terms.js'

/** The numbers of an order that REST and the user channel show under different names. */
export interface OrderNumbers {
  readonly filledSize: string
  readonly averagePrice: string
  readonly filledValue: string
  readonly totalFees: string
  /** What changed hands in the end: value + fee for a buy, value − fee for a sale. */
  readonly totalAfterFees: string
  readonly completionPercent: string
  readonly hold: string
  /** Base units still to trade; zero once the order is over. */
  readonly leaves: string
  readonly orderType: ExchangeTerms['orderType']
  readonly triggerStatus: 'INVALID_ORDER_TYPE' | 'STOP_PENDING' | 'STOP_TRIGGERED'
}

/** The cumulative figures of an order as the wire shows them: decimal strings, quote units unless named otherwise. */
export function orderNumbers(order: OrderRecord): OrderNumbers {
  const { terms } = order
  const fees = terms.side === 'BUY' ? order.totalFees : order.totalFees.neg()
  return {
    filledSize: formatDecimal(order.filledSize),
    averagePrice: formatDecimal(averagePrice(order.filledValue, order.filledSize)),
    filledValue: formatDecimal(order.filledValue),
    totalFees: formatDecimal(order.totalFees),
    totalAfterFees: formatDecimal(order.filledValue.add(fees)),
    completionPercent: formatDecimal(completion(order)),
    hold: formatDecimal(order.hold),
    leaves: isLive(order) ? formatDecimal(remainingSize(order)) : '0',
    orderType: terms.orderType,
    triggerStatus: triggerStatus(order),
  }
}

function triggerStatus({ terms, isTriggered }: OrderRecord): OrderNumbers['triggerStatus'] {
  if (terms.orderType !== 'STOP_LIMIT' && terms.orderType !== 'BRACKET') return 'INVALID_ORDER_TYPE'
  return isTriggered ? 'STOP_TRIGGERED' : 'STOP_PENDING'
}

function completion(order: OrderRecord): Decimal {
  if (order.fillCount === 0) return ZERO
  const workable = workableSize(order)
  const { size } = order.terms
  const share = workable
    ? order.filledSize.div(workable)
    : size.kind === 'quote'
      ? spentValue(order).div(size.quoteSize)
      : ZERO
  return share.mul(100).toDecimalPlaces(2)
}
