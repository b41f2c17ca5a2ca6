import {
  type Decimal,
  type LimitTerms,
  type MarketTerms,
  type OrderSize,
  type OrderType,
  readDecimal,
  type Side,
  type StopLimitTerms,
  type TimeInForce,
} from '@tidegate/trading-model'
import {
  ORDER_CONFIGURATION_KEYS,
  type OrderConfigurationKey,
  TERMS_CONFIGURATION_KEYS,
  type TermsConfigurationKey,
  type WireOrderConfiguration,
  type WireOrderConfigurationFields,
} from './order-configuration.js'
import { parseTimestamp } from './timestamp.js'

/** Terms of the three plain kinds; brackets, TWAPs and ladders need the product or the clock to be read. */
export type PlainTerms = MarketTerms | LimitTerms | StopLimitTerms

/** A request body read as terms, or the venue's reason word why it is none. */
export type ReadTerms =
  | { readonly kind: 'terms'; readonly terms: PlainTerms }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }

/** The order types that the variants stand for. */
export type ConfigurationOrderType = OrderType

const shapes: Readonly<Record<OrderConfigurationKey, { orderType: ConfigurationOrderType; timeInForce: TimeInForce }>> =
  {
    market_market_ioc: { orderType: 'MARKET', timeInForce: 'IOC' },
    market_market_fok: { orderType: 'MARKET', timeInForce: 'FOK' },
    sor_limit_ioc: { orderType: 'LIMIT', timeInForce: 'IOC' },
    limit_limit_gtc: { orderType: 'LIMIT', timeInForce: 'GTC' },
    limit_limit_gtd: { orderType: 'LIMIT', timeInForce: 'GTD' },
    limit_limit_fok: { orderType: 'LIMIT', timeInForce: 'FOK' },
    stop_limit_stop_limit_gtc: { orderType: 'STOP_LIMIT', timeInForce: 'GTC' },
    stop_limit_stop_limit_gtd: { orderType: 'STOP_LIMIT', timeInForce: 'GTD' },
    trigger_bracket_gtc: { orderType: 'BRACKET', timeInForce: 'GTC' },
    trigger_bracket_gtd: { orderType: 'BRACKET', timeInForce: 'GTD' },
    twap_limit_gtd: { orderType: 'TWAP', timeInForce: 'GTD' },
    scaled_limit_gtc: { orderType: 'SCALED', timeInForce: 'GTC' },
  }

/** Order type and time in force that a variant's key stands for. */
export function describeConfigurationKey(key: OrderConfigurationKey): {
  readonly orderType: ConfigurationOrderType
  readonly timeInForce: TimeInForce
} {
  return shapes[key]
}

/** The variants present in a configuration, in the order of {@link ORDER_CONFIGURATION_KEYS}. */
export function presentConfigurationKeys(configuration: WireOrderConfiguration): readonly OrderConfigurationKey[] {
  return ORDER_CONFIGURATION_KEYS.filter((key) => configuration[key] !== undefined && configuration[key] !== null)
}

/**
 * Reads a request's `order_configuration` as terms: the server's side of `toOrderConfiguration`. Strict: exactly one
 * known variant, exactly one size, positive plain decimals. Increments, minimums and the end time's lead are the market's to check.
 */
export function fromOrderConfiguration(order: {
  readonly product_id: string
  readonly side: string
  readonly order_configuration: WireOrderConfiguration
}): ReadTerms {
  const { order_configuration: configuration, product_id: productId, side } = order
  if (side !== 'BUY' && side !== 'SELL') return refused('INVALID_SIDE', `side ${side} is neither BUY nor SELL`)
  const used = Object.keys(configuration).filter(
    (key) => configuration[key] !== undefined && configuration[key] !== null,
  )
  const key = presentConfigurationKeys(configuration)[0]
  if (key === undefined || used.length !== 1) {
    return refused(
      used.length > 1 ? 'INVALID_REQUEST' : 'UNSUPPORTED_ORDER_CONFIGURATION',
      used.length === 0 ? 'order_configuration is empty' : `order_configuration has ${used.join(', ')}`,
    )
  }
  if (!isTermsKey(key)) return refused('UNSUPPORTED_ORDER_CONFIGURATION', `order_configuration has ${key}`)
  return readVariant(key, configuration[key] as WireOrderConfigurationFields, productId, side)
}

function isTermsKey(key: OrderConfigurationKey): key is TermsConfigurationKey {
  return (TERMS_CONFIGURATION_KEYS as readonly string[]).includes(key)
}

function readVariant(
  key: TermsConfigurationKey,
  fields: WireOrderConfigurationFields,
  productId: string,
  side: Side,
): ReadTerms {
  const { orderType, timeInForce } = shapes[key]
  const size = readSize(fields)
  if (size === undefined) {
    return refused('PREVIEW_INVALID_ORDER_CONFIG', 'exactly one of base_size and quote_size is needed')
  }
  if (size === 'not-a-number') return refused('PREVIEW_NON_NUMERIC_ORDER_SIZE', 'the size is not a positive decimal')
  if (orderType === 'MARKET') {
    return { kind: 'terms', terms: { orderType, timeInForce: 'IOC', productId, side, size } }
  }
  const limitPrice = positive(fields.limit_price)
  if (!limitPrice) return refused('INVALID_LIMIT_PRICE', 'limit_price is not a positive decimal')
  const endTimeMs = parseTimestamp(fields.end_time)
  if (timeInForce === 'GTD' && endTimeMs === undefined) {
    return refused('GTD_ORDERS_MUST_HAVE_END_TIME', 'end_time is missing or unreadable')
  }
  const end = timeInForce === 'GTD' && endTimeMs !== undefined ? { endTimeMs } : {}
  if (orderType === 'LIMIT') {
    const postOnly = fields.post_only === true
    if (postOnly && timeInForce === 'FOK') {
      return refused('POST_ONLY_NOT_ALLOWED_WITH_FOK', 'post_only cannot be combined with FOK')
    }
    if (postOnly && timeInForce === 'IOC') {
      return refused('PREVIEW_INVALID_ORDER_CONFIG', 'post_only cannot be combined with IOC')
    }
    return { kind: 'terms', terms: { orderType, timeInForce, productId, side, size, limitPrice, postOnly, ...end } }
  }
  if (size.kind === 'quote') return refused('PREVIEW_INVALID_ORDER_CONFIG', 'a stop-limit order needs base_size')
  const stopPrice = positive(fields.stop_price)
  if (!stopPrice) return refused('PREVIEW_INVALID_STOP_PRICE', 'stop_price is not a positive decimal')
  const stopDirection = readStopDirection(fields.stop_direction)
  if (!stopDirection) return refused('PREVIEW_INVALID_ORDER_CONFIG', 'stop_direction is missing or unknown')
  return {
    kind: 'terms',
    terms: {
      orderType: 'STOP_LIMIT',
      timeInForce: timeInForce === 'GTD' ? 'GTD' : 'GTC',
      productId,
      side,
      size,
      limitPrice,
      stopPrice,
      stopDirection,
      ...end,
    },
  }
}

/** Reads `STOP_DIRECTION_STOP_UP` / `…_DOWN`; `undefined` for anything else. */
export function readStopDirection(word: string | undefined): 'UP' | 'DOWN' | undefined {
  return word === 'STOP_DIRECTION_STOP_UP' ? 'UP' : word === 'STOP_DIRECTION_STOP_DOWN' ? 'DOWN' : undefined
}

function readSize(fields: WireOrderConfigurationFields): OrderSize | 'not-a-number' | undefined {
  if ((fields.base_size === undefined) === (fields.quote_size === undefined)) return undefined
  const amount = positive(fields.base_size ?? fields.quote_size)
  if (!amount) return 'not-a-number'
  return fields.base_size === undefined ? { kind: 'quote', quoteSize: amount } : { kind: 'base', baseSize: amount }
}

function positive(value: string | undefined): Decimal | undefined {
  const amount = readDecimal(value)
  return amount?.gt(0) ? amount : undefined
}

function refused(reason: string, message: string): ReadTerms {
  return { kind: 'refused', reason, message }
}
