import { createHash } from 'node:crypto'
import {
  formatTimestamp,
  TIME_IN_FORCE_TO_WIRE,
  type WireFillInput,
  type WireOrderInput,
} from '@tidegate/coinbase-wire'
import { formatDecimal } from '@tidegate/trading-model'
import { DEFAULT_PORTFOLIO, type FillRecord, isLive, type OrderRecord, workableSize } from '../engine/records.js'
import { type Identity, portfolioUuid } from '../keys/identity.js'
import { orderNumbers } from './order-numbers.js'
import { toConfiguration } from './to-configuration.js'

type WithMore<T> = T & Record<string, unknown>

/** An order as `GET /orders/historical/*` shows it. */
export function toWireOrder(order: OrderRecord, identity: Identity): WithMore<WireOrderInput> {
  const numbers = orderNumbers(order)
  const isQuoteSized = order.terms.size.kind === 'quote'
  const workable = workableSize(order)
  return {
    order_id: order.orderId,
    product_id: order.terms.productId,
    user_id: identity.userId,
    order_configuration: toConfiguration(order.terms),
    side: order.terms.side,
    client_order_id: order.clientOrderId,
    status: order.status,
    time_in_force: TIME_IN_FORCE_TO_WIRE[order.terms.timeInForce],
    created_time: formatTimestamp(order.createdAtMs),
    completion_percentage: numbers.completionPercent,
    filled_size: numbers.filledSize,
    average_filled_price: numbers.averagePrice,
    fee: '',
    number_of_fills: String(order.fillCount),
    filled_value: numbers.filledValue,
    pending_cancel: order.status === 'CANCEL_QUEUED',
    size_in_quote: isQuoteSized,
    total_fees: numbers.totalFees,
    size_inclusive_of_fees: isQuoteSized,
    total_value_after_fees: numbers.totalAfterFees,
    trigger_status: numbers.triggerStatus,
    order_type: numbers.orderType,
    reject_reason: 'REJECT_REASON_UNSPECIFIED',
    settled: !isLive(order),
    product_type: 'SPOT',
    reject_message: '',
    cancel_message: order.cancelMessage,
    order_placement_source: 'RETAIL_ADVANCED',
    outstanding_hold_amount: numbers.hold,
    is_liquidation: false,
    last_fill_time: order.lastFillAtMs === undefined ? null : formatTimestamp(order.lastFillAtMs),
    last_update_time: formatTimestamp(order.updatedAtMs),
    edit_history: order.editHistory.map((edit) => ({
      price: formatDecimal(edit.limitPrice),
      size: formatDecimal(edit.size),
      replace_accept_timestamp: formatTimestamp(edit.acceptedAtMs),
    })),
    leverage: '',
    margin_type: 'UNKNOWN_MARGIN_TYPE',
    retail_portfolio_id: portfolioUuid(identity, order.portfolioId),
    originating_order_id: order.originatingOrderId ?? '',
    attached_order_id: order.attachedOrderId ?? '',
    attached_order_configuration: order.attached
      ? {
          trigger_bracket_gtc: {
            limit_price: formatDecimal(order.attached.limitPrice),
            stop_trigger_price: formatDecimal(order.attached.stopTriggerPrice),
          },
        }
      : null,
    current_pending_replace: order.pendingEdit
      ? { price: formatDecimal(order.pendingEdit.limitPrice), size: formatDecimal(order.pendingEdit.size) }
      : null,
    ...(workable === undefined ? {} : { workable_size: formatDecimal(workable) }),
  }
}

/** A fill as `GET /orders/historical/fills` shows it: of a quote-sized order, `size` is an amount of quote currency. */
export function toWireFill(
  fill: FillRecord,
  identity: Identity,
  portfolioId = DEFAULT_PORTFOLIO,
): WithMore<WireFillInput> {
  return {
    entry_id: createHash('sha256').update(fill.tradeId).digest('hex'),
    trade_id: fill.tradeId,
    order_id: fill.orderId,
    trade_time: formatTimestamp(fill.atMs),
    trade_type: 'FILL',
    price: formatDecimal(fill.price),
    size: formatDecimal(fill.sizeInQuote ? fill.quoteValue : fill.baseSize),
    commission: formatDecimal(fill.fee),
    product_id: fill.productId,
    sequence_timestamp: formatTimestamp(fill.atMs),
    liquidity_indicator: fill.liquidity,
    size_in_quote: fill.sizeInQuote,
    user_id: identity.userId,
    side: fill.side,
    retail_portfolio_id: portfolioUuid(identity, portfolioId),
    fillSource: 'FILL_SOURCE_CLOB',
    cursor: String(fill.sequence),
  }
}
