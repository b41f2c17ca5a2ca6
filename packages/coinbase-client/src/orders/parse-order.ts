import {
  describeConfigurationKey,
  type EndpointName,
  type OrderConfigurationKey,
  parseTimestamp,
  presentConfigurationKeys,
  readStopDirection,
  timeInForceFromWire,
  type WireOrder,
  type WireOrderConfigurationFields,
} from '@tidegate/coinbase-wire'
import { type Decimal, type Rung, readDecimal, type VenueOrder, ZERO } from '@tidegate/trading-model'
import { requireDecimal, requireMs, requireSide, unreadable } from '../protocol-error.js'
import { rememberRaw } from '../raw-of.js'

/**
 * Reads an order: cumulative state, sizes in base units, values and fees in quote units.
 *
 * @throws {VenueProtocolError} when something is unknown that must not be taken for zero, such as the filled size of an
 * order that has fills.
 */
export function parseOrder(order: WireOrder, endpoint: EndpointName = 'getOrder'): VenueOrder {
  const variant = chooseVariant(order)
  const timeInForce = timeInForceFromWire(order.time_in_force)
  const rejectReason = joinWords(order.reject_reason, order.reject_message)
  const averageFilledPrice = positive(order.average_filled_price)
  const outstandingHold = readDecimal(order.outstanding_hold_amount)
  const lastFillAtMs = parseTimestamp(order.last_fill_time)
  const read: VenueOrder = {
    orderId: order.order_id,
    clientOrderId: order.client_order_id,
    productId: order.product_id,
    side: requireSide(order.side, endpoint),
    orderType: knownWord(order.order_type) ?? variant?.orderType ?? 'UNKNOWN_ORDER_TYPE',
    timeInForce: timeInForce === 'UNKNOWN' ? (variant?.timeInForce ?? 'UNKNOWN') : timeInForce,
    status: order.status,
    ...(variant ? parseTerms(variant.fields) : {}),
    ...parseExits(order),
    ...parseProgress(order, endpoint),
    createdAtMs: requireMs(parseTimestamp(order.created_time), 'created_time', endpoint),
    ...(averageFilledPrice ? { averageFilledPrice } : {}),
    ...(outstandingHold ? { outstandingHold } : {}),
    ...(lastFillAtMs === undefined ? {} : { lastFillAtMs }),
    ...(rejectReason ? { rejectReason } : {}),
    ...(order.cancel_message ? { cancelMessage: order.cancel_message } : {}),
    ...(order.originating_order_id ? { originatingOrderId: order.originating_order_id } : {}),
  }
  return rememberRaw(read, order)
}

function parseProgress(order: WireOrder, endpoint: EndpointName) {
  // An order that says it has no fills may leave the amounts empty; any other must name them.
  const isUntouched = order.number_of_fills === 0
  const amount = (value: string | undefined, field: string): Decimal =>
    value === undefined && isUntouched ? ZERO : requireDecimal(value, field, endpoint)
  const filledSize = amount(order.filled_size, 'filled_size')
  const numberOfFills = order.number_of_fills ?? (filledSize.isZero() ? 0 : undefined)
  if (numberOfFills === undefined) throw unreadable(endpoint, 'number_of_fills is unknown', { orderId: order.order_id })
  return {
    filledSize,
    filledValue: amount(order.filled_value, 'filled_value'),
    totalFees: amount(order.total_fees, 'total_fees'),
    numberOfFills,
  }
}

interface Variant {
  readonly orderType: string
  readonly timeInForce: VenueOrder['timeInForce']
  readonly fields: WireOrderConfigurationFields
}

/** The variant that agrees with the order's type and time in force: answers with two keys have been seen. */
function chooseVariant(order: WireOrder): Variant | undefined {
  const configuration = order.order_configuration
  if (!configuration) return undefined
  const timeInForce = timeInForceFromWire(order.time_in_force)
  const variants = presentConfigurationKeys(configuration).map((key: OrderConfigurationKey) => ({
    ...describeConfigurationKey(key),
    fields: configuration[key] as WireOrderConfigurationFields,
  }))
  return (
    variants.find((each) => each.orderType === order.order_type && each.timeInForce === timeInForce) ??
    (variants.length === 1 ? variants[0] : undefined)
  )
}

function parseTerms(fields: WireOrderConfigurationFields): Partial<VenueOrder> {
  const baseSize = readDecimal(fields.base_size)
  const quoteSize = readDecimal(fields.quote_size)
  const limitPrice = positive(fields.limit_price)
  const stopPrice = positive(fields.stop_price) ?? positive(fields.stop_trigger_price)
  const stopDirection = readStopDirection(fields.stop_direction)
  const endTimeMs = parseTimestamp(fields.end_time)
  const startTimeMs = parseTimestamp(fields.start_time)
  const sliceCount = readCount(fields.number_buckets)
  const rungs = parseRungs(fields)
  return {
    ...(baseSize ? { baseSize } : {}),
    ...(quoteSize ? { quoteSize } : {}),
    ...(limitPrice ? { limitPrice } : {}),
    ...(stopPrice ? { stopPrice } : {}),
    ...(stopDirection ? { stopDirection } : {}),
    ...(fields.post_only === undefined ? {} : { postOnly: fields.post_only }),
    ...(endTimeMs === undefined ? {} : { endTimeMs }),
    ...(startTimeMs === undefined ? {} : { startTimeMs }),
    ...(sliceCount === undefined ? {} : { sliceCount }),
    ...(rungs ? { rungs } : {}),
  }
}

/** A whole number in text; `undefined` for anything else. */
function readCount(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/** All rungs of a ladder, or none: half of them would be another order. */
function parseRungs(fields: WireOrderConfigurationFields): readonly Rung[] | undefined {
  const read = fields.orders?.map((rung) => ({
    limitPrice: positive(rung.limit_price),
    baseSize: positive(rung.base_size),
  }))
  const isWhole = (rung: { limitPrice: Decimal | undefined; baseSize: Decimal | undefined }): rung is Rung =>
    rung.limitPrice !== undefined && rung.baseSize !== undefined
  return read?.every(isWhole) && read.length > 0 ? read : undefined
}

function parseExits({ attached_order_configuration: attached }: WireOrder): Pick<VenueOrder, 'attached'> {
  const takeProfitPrice = positive(attached?.trigger_bracket_gtc?.limit_price)
  const stopLossPrice = positive(attached?.trigger_bracket_gtc?.stop_trigger_price)
  return takeProfitPrice && stopLossPrice ? { attached: { takeProfitPrice, stopLossPrice } } : {}
}

function positive(value: string | undefined): Decimal | undefined {
  const read = readDecimal(value)
  return read?.gt(0) ? read : undefined
}

function knownWord(word: string | undefined): string | undefined {
  return word === undefined || word.startsWith('UNKNOWN_') ? undefined : word
}

function joinWords(reason: string | undefined, message: string | undefined): string | undefined {
  const word = reason === 'REJECT_REASON_UNSPECIFIED' ? undefined : reason
  return [word, message].filter(Boolean).join(': ') || undefined
}
