import { parseTimestamp, timeInForceFromWire, type WireUserOrder } from '@tidegate/coinbase-wire'
import { type Decimal, readDecimal, type VenueOrder, ZERO } from '@tidegate/trading-model'

/**
 * Reads an order of the user channel: cumulative, and a hint only, since prices and amounts may be left out.
 *
 * @param sentAtMs - Time of the frame, for orders that do not say when they were made.
 * @returns `undefined` when something is unknown that must not be taken for zero.
 */
export function parseUserOrder(order: WireUserOrder, sentAtMs: number | undefined): VenueOrder | undefined {
  const { order_side: side } = order
  const createdAtMs = parseTimestamp(order.creation_time) ?? sentAtMs
  const progress = readProgress(order)
  if ((side !== 'BUY' && side !== 'SELL') || createdAtMs === undefined || !progress) return undefined
  const limitPrice = positive(order.limit_price)
  const stopPrice = positive(order.stop_price)
  const outstandingHold = readDecimal(order.outstanding_hold_amount)
  const leaves = readDecimal(order.leaves_quantity)
  const endTimeMs = parseTimestamp(order.end_time)
  const orderType = order.order_type?.toUpperCase().replaceAll(' ', '_') ?? 'UNKNOWN_ORDER_TYPE'
  const postOnly = String(order.post_only ?? '').toLowerCase()
  // Once an order has ended its leaves are zeroed, so they say its size only while it lives.
  const isOpen = order.status === 'OPEN' || order.status === 'PENDING' || order.status === 'QUEUED'
  return {
    orderId: order.order_id,
    clientOrderId: order.client_order_id,
    productId: order.product_id,
    side,
    orderType,
    timeInForce: timeInForceFromWire(order.time_in_force),
    status: order.status,
    ...progress,
    createdAtMs,
    ...(isOpen && leaves && orderType !== 'MARKET' ? { baseSize: progress.filledSize.plus(leaves) } : {}),
    ...(limitPrice ? { limitPrice } : {}),
    ...(stopPrice ? { stopPrice } : {}),
    ...(postOnly === 'true' || postOnly === 'false' ? { postOnly: postOnly === 'true' } : {}),
    ...(outstandingHold ? { outstandingHold } : {}),
    ...(endTimeMs === undefined ? {} : { endTimeMs }),
    ...(order.reject_reason ? { rejectReason: order.reject_reason } : {}),
    ...(order.cancel_reason ? { cancelMessage: order.cancel_reason } : {}),
  }
}

function readProgress(order: WireUserOrder) {
  const filledSize = readDecimal(order.cumulative_quantity)
  if (!filledSize) return undefined
  const averageFilledPrice = positive(order.avg_price)
  const isUntouched = filledSize.isZero()
  const filledValue = readDecimal(order.filled_value) ?? (isUntouched ? ZERO : averageFilledPrice?.mul(filledSize))
  const totalFees = readDecimal(order.total_fees) ?? (isUntouched ? ZERO : undefined)
  const numberOfFills = order.number_of_fills ?? (isUntouched ? 0 : undefined)
  if (!filledValue || !totalFees || numberOfFills === undefined) return undefined
  return { filledSize, filledValue, totalFees, numberOfFills, ...(averageFilledPrice ? { averageFilledPrice } : {}) }
}

function positive(value: string | undefined): Decimal | undefined {
  const read = readDecimal(value)
  return read?.gt(0) ? read : undefined
}
