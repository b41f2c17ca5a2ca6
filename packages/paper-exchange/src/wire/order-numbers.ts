import { type Decimal, formatDecimal, ZERO } from '@tidegate/trading-model'
import { averagePrice } from '../accounts/fill-arithmetic.js'
import { isLive, type OrderRecord, remainingSize } from '../engine/records.js'

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
  readonly orderType: 'MARKET' | 'LIMIT' | 'STOP_LIMIT'
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
    triggerStatus:
      terms.orderType !== 'STOP_LIMIT' ? 'INVALID_ORDER_TYPE' : order.isTriggered ? 'STOP_TRIGGERED' : 'STOP_PENDING',
  }
}

function completion(order: OrderRecord): Decimal {
  const { size } = order.terms
  if (order.fillCount === 0) return ZERO
  const share =
    size.kind === 'base'
      ? order.filledSize.div(size.baseSize)
      : order.filledValue.add(order.totalFees).div(size.quoteSize)
  return share.mul(100).toDecimalPlaces(2)
}
