import type { Granularity, TimeInForce } from '@tidegate/trading-model'

/** `product_type` of a product or an order. An open set. */
export const WIRE_PRODUCT_TYPES = [
  'UNKNOWN_PRODUCT_TYPE',
  'SPOT',
  'FUTURE',
  'EQUITY',
  'OPTION_GROUP',
  'FUTURE_GROUP',
] as const

/** `order_type` of an order. An open set. */
export const WIRE_ORDER_TYPES = [
  'UNKNOWN_ORDER_TYPE',
  'MARKET',
  'LIMIT',
  'STOP',
  'STOP_LIMIT',
  'BRACKET',
  'TWAP',
  'ROLL_OPEN',
  'ROLL_CLOSE',
  'LIQUIDATION',
  'SCALED',
] as const

/** `time_in_force` of an order. */
export const WIRE_TIMES_IN_FORCE = [
  'UNKNOWN_TIME_IN_FORCE',
  'GOOD_UNTIL_DATE_TIME',
  'GOOD_UNTIL_CANCELLED',
  'IMMEDIATE_OR_CANCEL',
  'FILL_OR_KILL',
] as const
export type WireTimeInForce = (typeof WIRE_TIMES_IN_FORCE)[number]

/** Our word for a time in force and the venue's. */
export const TIME_IN_FORCE_TO_WIRE = {
  GTC: 'GOOD_UNTIL_CANCELLED',
  GTD: 'GOOD_UNTIL_DATE_TIME',
  IOC: 'IMMEDIATE_OR_CANCEL',
  FOK: 'FILL_OR_KILL',
} as const satisfies Record<TimeInForce, WireTimeInForce>

/** Reads the venue's time in force; an unknown word is `UNKNOWN`. */
export function timeInForceFromWire(word: string | undefined): TimeInForce | 'UNKNOWN' {
  for (const [ours, theirs] of Object.entries(TIME_IN_FORCE_TO_WIRE)) {
    if (theirs === word) return ours as TimeInForce
  }
  return 'UNKNOWN'
}

/** `trigger_status`; `INVALID_ORDER_TYPE` only says "not a stop order". */
export const WIRE_TRIGGER_STATUSES = [
  'UNKNOWN_TRIGGER_STATUS',
  'INVALID_ORDER_TYPE',
  'STOP_PENDING',
  'STOP_TRIGGERED',
] as const

/** `reject_reason` of an order that failed after it was taken. */
export const WIRE_REJECT_REASONS = [
  'REJECT_REASON_UNSPECIFIED',
  'HOLD_FAILURE',
  'TOO_MANY_OPEN_ORDERS',
  'REJECT_REASON_INSUFFICIENT_FUNDS',
  'RATE_LIMIT_EXCEEDED',
] as const

export const WIRE_STOP_DIRECTIONS = ['STOP_DIRECTION_STOP_UP', 'STOP_DIRECTION_STOP_DOWN'] as const
export type WireStopDirection = (typeof WIRE_STOP_DIRECTIONS)[number]

/** `trade_type` of a fill. All but `FILL` correct something that was reported before. */
export const WIRE_TRADE_TYPES = ['FILL', 'REVERSAL', 'CORRECTION', 'SYNTHETIC'] as const

export const WIRE_LIQUIDITY_INDICATORS = ['UNKNOWN_LIQUIDITY_INDICATOR', 'MAKER', 'TAKER'] as const

/** `warning[]` of a preview. */
export const WIRE_PREVIEW_WARNINGS = [
  'UNKNOWN',
  'BIG_ORDER',
  'SMALL_ORDER',
  'DURATION_EXTENDED_BY_MARKET_CLOSE',
  'OPEN_ORDERS_EXCEED_COMPLIANCE_PURCHASE_LIMIT_MAY_CANCEL',
] as const

/** Most buckets that one candles request may span. */
export const MAX_CANDLES_PER_REQUEST = 350
/** Most ids that one batch cancel may carry. */
export const MAX_CANCELS_PER_REQUEST = 100

/** Our granularity and the venue's name for it. */
export const GRANULARITY_TO_WIRE = {
  '1m': 'ONE_MINUTE',
  '5m': 'FIVE_MINUTE',
  '15m': 'FIFTEEN_MINUTE',
  '30m': 'THIRTY_MINUTE',
  '1h': 'ONE_HOUR',
  '2h': 'TWO_HOUR',
  '4h': 'FOUR_HOUR',
  '6h': 'SIX_HOUR',
  '1d': 'ONE_DAY',
} as const satisfies Record<Granularity, string>
export type WireGranularity = (typeof GRANULARITY_TO_WIRE)[Granularity]

/** Reads the venue's granularity name; `undefined` for one it does not have. */
export function granularityFromWire(word: string): Granularity | undefined {
  for (const [ours, theirs] of Object.entries(GRANULARITY_TO_WIRE)) {
    if (theirs === word) return ours as Granularity
  }
  return undefined
}
