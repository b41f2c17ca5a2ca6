import { formatTimestamp, TIME_IN_FORCE_TO_WIRE, type WireUserOrderInput } from '@tidegate/coinbase-wire'
import { formatDecimal } from '@tidegate/trading-model'
import type { OrderRecord } from '../engine/records.js'
import { endTimeOf } from '../engine/terms.js'
import { type Identity, portfolioUuid } from '../keys/identity.js'
import { orderNumbers } from './order-numbers.js'

const noTime = '0001-01-01T00:00:00Z'
const typeNames = {
  MARKET: 'Market',
  LIMIT: 'Limit',
  STOP_LIMIT: 'Stop Limit',
  BRACKET: 'Bracket',
  TWAP: 'TWAP',
  SCALED: 'Scaled',
} as const

/** An order as the user channel shows it: cumulative, under other names than REST has, booleans as text. */
export function toUserOrder(order: OrderRecord, identity: Identity): WireUserOrderInput & Record<string, unknown> {
  const { terms } = order
  const numbers = orderNumbers(order)
  const endTimeMs = endTimeOf(terms)
  return {
    order_id: order.orderId,
    client_order_id: order.clientOrderId,
    product_id: terms.productId,
    product_type: 'SPOT',
    status: order.status,
    order_side: terms.side,
    order_type: typeNames[terms.orderType],
    avg_price: numbers.averagePrice,
    limit_price: 'limitPrice' in terms ? formatDecimal(terms.limitPrice) : '',
    stop_price: stopPrice(terms),
    cumulative_quantity: numbers.filledSize,
    leaves_quantity: numbers.leaves,
    filled_value: numbers.filledValue,
    number_of_fills: String(order.fillCount),
    completion_percentage: numbers.completionPercent,
    total_fees: numbers.totalFees,
    total_value_after_fees: numbers.totalAfterFees,
    outstanding_hold_amount: numbers.hold,
    post_only: terms.orderType === 'LIMIT' && terms.postOnly ? 'true' : 'false',
    time_in_force: TIME_IN_FORCE_TO_WIRE[terms.timeInForce],
    trigger_status: numbers.triggerStatus,
    creation_time: formatTimestamp(order.createdAtMs),
    end_time: endTimeMs === undefined ? noTime : formatTimestamp(endTimeMs),
    start_time: terms.orderType === 'TWAP' ? formatTimestamp(terms.startTimeMs) : noTime,
    cancel_reason: order.cancelMessage,
    reject_reason: '',
    contract_expiry_type: 'UNKNOWN_CONTRACT_EXPIRY_TYPE',
    risk_managed_by: 'UNKNOWN_RISK_MANAGEMENT_TYPE',
    retail_portfolio_id: portfolioUuid(identity, order.portfolioId),
  }
}

function stopPrice(terms: OrderRecord['terms']): string {
  if (terms.orderType === 'STOP_LIMIT') return formatDecimal(terms.stopPrice)
  return terms.orderType === 'BRACKET' ? formatDecimal(terms.stopTriggerPrice) : ''
}
