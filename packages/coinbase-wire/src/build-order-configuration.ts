import { type Decimal, formatDecimal } from '@tidegate/trading-model'
import type { NewOrderConfiguration } from './new-order-configuration.js'
import { formatTimestamp } from './timestamp.js'

/** An exact amount as a Decimal or as decimal text. */
export type DecimalInput = Decimal | string

/** Size of an order: in base units (BTC) or in quote units (USD). */
export type SizeInput = { readonly baseSize: DecimalInput } | { readonly quoteSize: DecimalInput }

interface LimitInput {
  /** Quote units per base unit. */
  readonly limitPrice: DecimalInput
}

interface RestingInput extends LimitInput {
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
}

interface StopInput extends LimitInput {
  /** Base units. */
  readonly baseSize: DecimalInput
  readonly stopPrice: DecimalInput
  /** `UP` triggers when the last trade rises to `stopPrice`. */
  readonly stopDirection: 'UP' | 'DOWN'
}

interface BracketInput extends LimitInput {
  /** Base units. */
  readonly baseSize: DecimalInput
  readonly stopTriggerPrice: DecimalInput
}

interface TwapInput extends LimitInput {
  readonly startTimeMs: number
  readonly endTimeMs: number
  readonly numberOfBuckets?: number
  readonly bucketSize?: DecimalInput
  readonly bucketSeconds?: number
}

interface ScaledInput {
  readonly numberOfOrders: number
  readonly minPrice: DecimalInput
  readonly maxPrice: DecimalInput
  readonly priceDistribution?: 'FLAT' | 'LINEAR_INCREASING' | 'LINEAR_DECREASING'
  readonly sizeDistribution?: 'INCREASING' | 'DECREASING' | 'EVENLY_SPLIT'
  readonly sizeDiff?: DecimalInput
  readonly sizeRatio?: DecimalInput
}

interface EndInput {
  /** Ms since epoch (UTC). */
  readonly endTimeMs: number
}

/** Writers of the twelve variants of `order_configuration`. They write; `newOrderConfigurationSchema` checks. */
export const buildOrderConfiguration = {
  marketIoc: (order: SizeInput & { readonly reduceOnly?: boolean }) =>
    variant('market_market_ioc', { ...size(order), ...flags(order) }),
  marketFok: (order: SizeInput) => variant('market_market_fok', size(order)),
  limitIoc: (order: SizeInput & LimitInput) => variant('sor_limit_ioc', limit(order)),
  limitGtc: (order: SizeInput & RestingInput) => variant('limit_limit_gtc', { ...limit(order), ...flags(order) }),
  limitGtd: (order: SizeInput & RestingInput & EndInput) =>
    variant('limit_limit_gtd', { ...limit(order), ...flags(order), ...end(order) }),
  limitFok: (order: SizeInput & LimitInput) => variant('limit_limit_fok', limit(order)),
  stopLimitGtc: (order: StopInput) => variant('stop_limit_stop_limit_gtc', stop(order)),
  stopLimitGtd: (order: StopInput & EndInput) =>
    variant('stop_limit_stop_limit_gtd', { ...stop(order), ...end(order) }),
  bracketGtc: (order: BracketInput) => variant('trigger_bracket_gtc', bracket(order)),
  bracketGtd: (order: BracketInput & EndInput) => variant('trigger_bracket_gtd', { ...bracket(order), ...end(order) }),
  twapGtd: (order: SizeInput & TwapInput) =>
    variant('twap_limit_gtd', {
      ...limit(order),
      start_time: formatTimestamp(order.startTimeMs),
      ...end(order),
      ...(order.numberOfBuckets === undefined ? {} : { number_buckets: String(order.numberOfBuckets) }),
      ...(order.bucketSize === undefined ? {} : { bucket_size: decimal(order.bucketSize) }),
      ...(order.bucketSeconds === undefined ? {} : { bucket_duration: `${order.bucketSeconds}s` }),
    }),
  scaledGtc: (order: SizeInput & ScaledInput) =>
    variant('scaled_limit_gtc', {
      ...size(order),
      num_orders: String(order.numberOfOrders),
      min_price: decimal(order.minPrice),
      max_price: decimal(order.maxPrice),
      ...(order.priceDistribution === undefined ? {} : { price_distribution: order.priceDistribution }),
      ...(order.sizeDistribution === undefined ? {} : { size_distribution: order.sizeDistribution }),
      ...(order.sizeDiff === undefined ? {} : { size_diff: decimal(order.sizeDiff) }),
      ...(order.sizeRatio === undefined ? {} : { size_ratio: decimal(order.sizeRatio) }),
    }),
} as const

type KeysOf<T> = T extends unknown ? keyof T : never
type FieldsOf<K extends PropertyKey> = Extract<NewOrderConfiguration, Record<K, unknown>>[K &
  keyof Extract<NewOrderConfiguration, Record<K, unknown>>]

function variant<K extends KeysOf<NewOrderConfiguration>>(key: K, fields: FieldsOf<K>): NewOrderConfiguration {
  return { [key]: fields } as unknown as NewOrderConfiguration
}

function size(order: SizeInput): { base_size: string } | { quote_size: string } {
  return 'baseSize' in order ? { base_size: decimal(order.baseSize) } : { quote_size: decimal(order.quoteSize) }
}

function limit(order: SizeInput & LimitInput) {
  return { ...size(order), limit_price: decimal(order.limitPrice) }
}

function stop(order: StopInput) {
  return {
    base_size: decimal(order.baseSize),
    limit_price: decimal(order.limitPrice),
    stop_price: decimal(order.stopPrice),
    stop_direction: order.stopDirection === 'UP' ? 'STOP_DIRECTION_STOP_UP' : 'STOP_DIRECTION_STOP_DOWN',
  } as const
}

function bracket(order: BracketInput) {
  return {
    base_size: decimal(order.baseSize),
    limit_price: decimal(order.limitPrice),
    stop_trigger_price: decimal(order.stopTriggerPrice),
  }
}

function flags(order: { readonly postOnly?: boolean; readonly reduceOnly?: boolean }) {
  return {
    ...(order.postOnly === undefined ? {} : { post_only: order.postOnly }),
    ...(order.reduceOnly === undefined ? {} : { reduce_only: order.reduceOnly }),
  }
}

function end(order: EndInput): { end_time: string } {
  return { end_time: formatTimestamp(order.endTimeMs) }
}

function decimal(value: DecimalInput): string {
  return typeof value === 'string' ? value : formatDecimal(value)
}
