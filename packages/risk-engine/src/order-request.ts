import {
  type Decimal,
  InputError,
  type LimitTerms,
  ONE,
  ORDER_TYPES,
  type OrderSize,
  type OrderTerms,
  type OrderType,
  SIDES,
  type Side,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '@tidegate/trading-model'
import { parseEndTime } from './end-time.js'
import { productIdPattern } from './product-id.js'
import {
  needsBaseSize,
  type RequestSetting,
  readAttached,
  readDecimalField,
  readOwnKind,
  refuseForeignFields,
} from './read-kinds.js'
import { ORDER_FIELDS, type RequestFields, readFields, show } from './request-fields.js'

/**
 * Parses a caller's raw arguments of `place_order` into order terms. Strict: unknown names, values that contradict each other and
 * numbers that are not plain decimal strings are refused, all in one error, each with the cure. Values are never changed silently.
 *
 * - Defaults: `time_in_force` IOC for MARKET, GTD for TWAP, GTC otherwise; `stop_direction` UP for BUY, DOWN for SELL; `post_only` false.
 * - A BRACKET is its two exits, `take_profit_price` and `stop_loss_price`; on a MARKET or LIMIT buy the same two are attached to it.
 * - The orders of a SCALED ladder are worked out here from the product's increments, so that what is checked is what is sent.
 * - `null` counts as absent, because hosts fill optional arguments with it.
 *
 * @param raw - `product_id, side, order_type, size | quote_size, limit_price, stop_price, post_only, time_in_force, end_time, stop_direction,
 *   take_profit_price, stop_loss_price, start_time, num_orders, min_price, max_price, price_distribution, size_distribution`.
 * @param otherFields - Names that belong to the request and not to the order; accepted and not read.
 * @param setting - The time and the product, where TWAP and SCALED need them.
 * @throws {InputError} `ERR_INPUT_INVALID` with every issue found.
 *
 * @example
 * parseOrderRequest({ product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '10' })
 * // { productId: 'BTC-USD', side: 'BUY', orderType: 'MARKET', timeInForce: 'IOC', size: { kind: 'quote', quoteSize: 10 } }
 */
export function parseOrderRequest(
  raw: Readonly<Record<string, unknown>>,
  otherFields: readonly string[] = ['client_order_id'],
  setting: RequestSetting = {},
): OrderTerms {
  const fields = readFields(raw)
  fields.refuseUnknown([...ORDER_FIELDS, ...otherFields])
  const productId = readProductId(fields)
  const side = fields.word('side', SIDES)
  const orderType = fields.word('order_type', ORDER_TYPES)
  const size = readSize(fields, orderType)
  const limitPrice = readPrice(fields, 'limit_price', orderType, ['LIMIT', 'STOP_LIMIT', 'TWAP'])
  const stopPrice = readPrice(fields, 'stop_price', orderType, ['STOP_LIMIT'])
  const timeInForce = readTimeInForce(fields, orderType)
  const postOnly = readPostOnly(fields, orderType, timeInForce)
  const stopDirection = readStopDirection(fields, orderType, side)
  const endTimeMs = readEndTime(fields, orderType, timeInForce)
  refuseForeignFields(fields, orderType)
  const attached = readAttached(fields, orderType, side)
  // Also where something else is wrong, so that everything is reported at once; what is missing does not matter then.
  const shape = {
    productId: productId ?? '',
    side: side ?? 'BUY',
    size: size ?? { kind: 'base', baseSize: ONE },
  } as const
  const own = readOwnKind(fields, orderType, { common: shape, limitPrice, endTimeMs }, setting)

  if (fields.issues.length === 0 && productId && side && size) {
    if (own) return own
    const common = { productId, side, size, ...(endTimeMs === undefined ? {} : { endTimeMs }) }
    const exits = attached ? { attached } : {}
    if (orderType === 'MARKET') return { productId, side, size, orderType, timeInForce: 'IOC', ...exits }
    if (orderType === 'LIMIT' && limitPrice && timeInForce) {
      return { ...common, orderType, timeInForce, limitPrice, postOnly, ...exits } satisfies LimitTerms
    }
    if (orderType === 'STOP_LIMIT' && limitPrice && stopPrice && stopDirection) {
      return {
        ...common,
        orderType,
        timeInForce: timeInForce === 'GTD' ? 'GTD' : 'GTC',
        limitPrice,
        stopPrice,
        stopDirection,
      }
    }
  }
  throw new InputError(fields.issues)
}

function readProductId(fields: RequestFields): string | undefined {
  const value = fields.get('product_id')
  if (value === undefined) {
    fields.issue('product_id', 'is missing', 'send a product_id such as "BTC-USD"')
    return undefined
  }
  if (typeof value === 'string' && productIdPattern.test(value)) return value
  const upper = typeof value === 'string' ? value.toUpperCase().replace('/', '-') : ''
  fields.issue(
    'product_id',
    `${show(value)} is not a product id`,
    productIdPattern.test(upper)
      ? `write it in upper case with a hyphen: "${upper}"`
      : 'send a product_id such as "BTC-USD"',
  )
  return undefined
}

function readSize(fields: RequestFields, orderType: OrderType | undefined): OrderSize | undefined {
  const hasBase = fields.get('size') !== undefined
  const hasQuote = fields.get('quote_size') !== undefined
  const baseSize = hasBase ? readDecimalField(fields, 'size') : undefined
  const quoteSize = hasQuote ? readDecimalField(fields, 'quote_size') : undefined
  if (hasBase && hasQuote) {
    fields.issue('quote_size', 'came together with size', 'send either size or quote_size, not both')
    return undefined
  }
  if (!hasBase && !hasQuote) {
    fields.issue('size', 'is missing', 'send size (base units) or quote_size (quote currency, fee inside)')
    return undefined
  }
  if (hasQuote && needsBaseSize(orderType)) {
    fields.issue('quote_size', `is not possible for ${orderType}`, 'send size in base units instead')
  }
  if (baseSize) return { kind: 'base', baseSize }
  return quoteSize && { kind: 'quote', quoteSize }
}

function readPrice(
  fields: RequestFields,
  field: 'limit_price' | 'stop_price',
  orderType: OrderType | undefined,
  neededBy: readonly OrderType[],
): Decimal | undefined {
  const isNeeded = orderType !== undefined && neededBy.includes(orderType)
  if (fields.get(field) === undefined) {
    if (isNeeded)
      fields.issue(field, `is missing for ${orderType}`, `send a ${field} in quote per base, such as "95000.00"`)
    return undefined
  }
  const price = readDecimalField(fields, field)
  if (orderType && !isNeeded) {
    const instead = orderType === 'BRACKET' ? (field === 'limit_price' ? 'take_profit_price' : 'stop_loss_price') : ''
    fields.issue(
      field,
      `does not go with ${orderType}`,
      instead ? `send ${instead} instead` : `leave ${field} out, or use order_type ${neededBy.join(' or ')}`,
    )
  }
  return price
}

/** What the venue has for each kind on spot. */
const timesOf: Readonly<Record<OrderType, readonly TimeInForce[]>> = {
  MARKET: ['IOC'],
  LIMIT: TIMES_IN_FORCE,
  STOP_LIMIT: ['GTC', 'GTD'],
  BRACKET: ['GTC', 'GTD'],
  TWAP: ['GTD'],
  SCALED: ['GTC'],
}

function readTimeInForce(fields: RequestFields, orderType: OrderType | undefined): TimeInForce | undefined {
  const possible = orderType ? timesOf[orderType] : TIMES_IN_FORCE
  if (fields.get('time_in_force') === undefined) return orderType ? possible[0] : 'GTC'
  const value = fields.word('time_in_force', TIMES_IN_FORCE)
  if (value && !possible.includes(value)) {
    const isMarketFok = orderType === 'MARKET' && value === 'FOK'
    fields.issue(
      'time_in_force',
      isMarketFok
        ? 'FOK is not possible for MARKET: the venue has it on perpetuals only'
        : `${value} is not possible for ${orderType}`,
      isMarketFok ? 'use IOC, or order_type LIMIT with FOK and a limit_price' : `use ${possible.join(' or ')}`,
    )
  }
  return value
}

function readPostOnly(
  fields: RequestFields,
  orderType: OrderType | undefined,
  timeInForce: TimeInForce | undefined,
): boolean {
  const value = fields.get('post_only')
  if (value === undefined) return false
  if (typeof value !== 'boolean') {
    fields.issue('post_only', `is ${show(value)}, not true or false`, 'send post_only as true or false without quotes')
    return false
  }
  if (value && orderType && orderType !== 'LIMIT') {
    fields.issue('post_only', `does not go with ${orderType}`, 'leave post_only out, or use order_type LIMIT')
  } else if (value && (timeInForce === 'IOC' || timeInForce === 'FOK')) {
    fields.issue(
      'post_only',
      `contradicts time_in_force ${timeInForce}`,
      'use time_in_force GTC or GTD, or leave post_only out',
    )
  }
  return value
}

function readStopDirection(
  fields: RequestFields,
  orderType: OrderType | undefined,
  side: Side | undefined,
): 'UP' | 'DOWN' | undefined {
  if (fields.get('stop_direction') === undefined) return side === 'BUY' ? 'UP' : 'DOWN'
  const value = fields.word('stop_direction', ['UP', 'DOWN'])
  if (orderType && orderType !== 'STOP_LIMIT') {
    fields.issue(
      'stop_direction',
      `does not go with ${orderType}`,
      'leave stop_direction out, or use order_type STOP_LIMIT',
    )
  }
  return value
}

function readEndTime(
  fields: RequestFields,
  orderType: OrderType | undefined,
  timeInForce: TimeInForce | undefined,
): number | undefined {
  const value = fields.get('end_time')
  if (value === undefined) {
    if (timeInForce === 'GTD' && orderType !== 'MARKET') {
      const what = orderType === 'TWAP' ? 'TWAP' : 'time_in_force GTD'
      fields.issue('end_time', `is missing for ${what}`, 'send an end_time such as "2026-12-01T15:00:00Z"')
    }
    return undefined
  }
  const endTimeMs = parseEndTime(value)
  if (endTimeMs === undefined) {
    fields.issue(
      'end_time',
      `${show(value)} is not a time with a zone`,
      'write it in ISO 8601 with its zone, such as "2026-12-01T15:00:00Z"',
    )
  }
  if (timeInForce && timeInForce !== 'GTD') {
    fields.issue(
      'end_time',
      `does not go with time_in_force ${timeInForce}`,
      'use time_in_force GTD, or leave end_time out',
    )
  }
  return endTimeMs
}
