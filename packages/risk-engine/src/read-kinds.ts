import {
  type AttachedExits,
  type BracketTerms,
  type Decimal,
  InputError,
  type InputIssue,
  ladderRungs,
  type OrderSize,
  type OrderTerms,
  type OrderType,
  PRICE_DISTRIBUTIONS,
  type Product,
  parsePositiveDecimal,
  type ScaledTerms,
  SIZE_DISTRIBUTIONS,
  type Side,
  type TwapTerms,
  ZERO,
} from '@tidegate/trading-model'
import { parseEndTime } from './end-time.js'
import { type RequestFields, show } from './request-fields.js'

/** What a request cannot say by itself. */
export interface RequestSetting {
  /** Now, ms since epoch: a TWAP that names no `start_time` begins shortly after it. Without: `start_time` is needed. */
  readonly nowMs?: number
  /** The product that is asked for: its increments make the rungs of a ladder. Without: SCALED is refused. */
  readonly product?: Product | undefined
}

/** A start that nobody named leaves the request this time to arrive, ms. */
const START_DELAY_MS = 5_000
const MOST_ORDERS = 100

/** Which arguments belong to which kinds; what is not here is told apart elsewhere. */
const owners: Readonly<Record<string, readonly OrderType[]>> = {
  take_profit_price: ['MARKET', 'LIMIT', 'BRACKET'],
  stop_loss_price: ['MARKET', 'LIMIT', 'BRACKET'],
  start_time: ['TWAP'],
  num_orders: ['TWAP', 'SCALED'],
  min_price: ['SCALED'],
  max_price: ['SCALED'],
  price_distribution: ['SCALED'],
  size_distribution: ['SCALED'],
}

/** Reports arguments that belong to other kinds of order. */
export function refuseForeignFields(fields: RequestFields, orderType: OrderType | undefined): void {
  if (!orderType) return
  for (const [field, types] of Object.entries(owners)) {
    if (fields.get(field) === undefined || types.includes(orderType)) continue
    fields.issue(field, `does not go with ${orderType}`, `leave ${field} out, or use order_type ${types.join(' or ')}`)
  }
}

/** Take profit and stop loss of a market or limit buy: both or none. */
export function readAttached(
  fields: RequestFields,
  orderType: OrderType | undefined,
  side: Side | undefined,
): AttachedExits | undefined {
  const wants = fields.get('take_profit_price') !== undefined || fields.get('stop_loss_price') !== undefined
  if (!wants || (orderType !== 'MARKET' && orderType !== 'LIMIT')) return undefined
  if (side === 'SELL') {
    fields.issue(
      fields.get('take_profit_price') === undefined ? 'stop_loss_price' : 'take_profit_price',
      'does not go with a SELL: only what a BUY fills can be protected',
      'leave it out; to leave a holding at either of two prices, use order_type BRACKET',
    )
    return undefined
  }
  return readExits(fields, `an order with exits`)
}

/** A bracket: the two exits are the order. */
export function readBracket(
  fields: RequestFields,
  common: Pick<BracketTerms, 'productId' | 'side' | 'size'> & { readonly endTimeMs?: number },
): BracketTerms | undefined {
  const exits = readExits(fields, 'BRACKET')
  if (!exits) return undefined
  return {
    ...common,
    orderType: 'BRACKET',
    timeInForce: common.endTimeMs === undefined ? 'GTC' : 'GTD',
    limitPrice: exits.takeProfitPrice,
    stopPrice: exits.stopLossPrice,
  }
}

function readExits(fields: RequestFields, what: string): AttachedExits | undefined {
  const takeProfitPrice = needDecimal(fields, 'take_profit_price', what, 'the price to take the profit at')
  const stopLossPrice = needDecimal(fields, 'stop_loss_price', what, 'the last trade price that triggers the stop')
  return takeProfitPrice && stopLossPrice ? { takeProfitPrice, stopLossPrice } : undefined
}

/** Equal slices between two times. */
export function readTwap(
  fields: RequestFields,
  common: Pick<TwapTerms, 'productId' | 'side' | 'size'>,
  limitPrice: Decimal | undefined,
  endTimeMs: number | undefined,
  { nowMs }: RequestSetting,
): TwapTerms | undefined {
  const sliceCount = readCount(fields, 'TWAP', 'slices')
  const startTimeMs = readStart(fields, nowMs)
  if (startTimeMs === undefined || endTimeMs === undefined || sliceCount === undefined || !limitPrice) return undefined
  if (endTimeMs - startTimeMs < sliceCount * 1_000) {
    fields.issue(
      'end_time',
      'leaves less than a second to each slice',
      'send a later end_time, an earlier start_time or fewer num_orders',
    )
    return undefined
  }
  return { ...common, orderType: 'TWAP', timeInForce: 'GTD', limitPrice, startTimeMs, endTimeMs, sliceCount }
}

function readStart(fields: RequestFields, nowMs: number | undefined): number | undefined {
  const value = fields.get('start_time')
  if (value === undefined) {
    if (nowMs !== undefined) return nowMs + START_DELAY_MS
    fields.issue('start_time', 'is missing for TWAP', 'send a start_time such as "2026-12-01T15:00:00Z"')
    return undefined
  }
  const startTimeMs = parseEndTime(value)
  if (startTimeMs !== undefined) return startTimeMs
  fields.issue(
    'start_time',
    `${show(value)} is not a time with a zone`,
    'write it in ISO 8601 with its zone, such as "2026-12-01T15:00:00Z"',
  )
  return undefined
}

/** A ladder between two prices, every rung worked out here: what is checked is what is sent. */
export function readScaled(
  fields: RequestFields,
  common: { readonly productId: string; readonly side: Side; readonly size: OrderSize },
  { product }: RequestSetting,
): ScaledTerms | undefined {
  const minPrice = needDecimal(fields, 'min_price', 'SCALED', 'the lowest price of the ladder')
  const maxPrice = needDecimal(fields, 'max_price', 'SCALED', 'the highest price of the ladder')
  const count = readCount(fields, 'SCALED', 'orders')
  const prices =
    fields.get('price_distribution') === undefined ? 'FLAT' : fields.word('price_distribution', PRICE_DISTRIBUTIONS)
  const sizes =
    fields.get('size_distribution') === undefined
      ? 'EVENLY_SPLIT'
      : fields.word('size_distribution', SIZE_DISTRIBUTIONS)
  const { size } = common
  if (!minPrice || !maxPrice || count === undefined || !prices || !sizes || size.kind !== 'base') return undefined
  if (minPrice.gte(maxPrice)) {
    fields.issue('min_price', 'is not below max_price', 'send the lower price as min_price')
    return undefined
  }
  if (!product) {
    fields.issue('product_id', 'is not known here, so no ladder can be laid out', 'use list_products to find its id')
    return undefined
  }
  const { priceIncrement, baseIncrement } = product
  const plan = { side: common.side, count, minPrice, maxPrice, prices, sizes, priceIncrement, baseIncrement }
  const rungs = ladderRungs({ ...plan, size, difference: undefined, ratio: undefined, takerRate: ZERO })
  if (!rungs) {
    fields.issue(
      'num_orders',
      `leaves an order of the ladder without any size or price`,
      'send fewer num_orders or a larger size',
    )
    return undefined
  }
  const ordered = rungs.map(({ limitPrice }) => limitPrice).sort((a, b) => a.comparedTo(b))
  const worst = common.side === 'BUY' ? ordered.at(-1) : ordered[0]
  return worst && { ...common, size, orderType: 'SCALED', timeInForce: 'GTC', limitPrice: worst, rungs }
}

function readCount(fields: RequestFields, orderType: OrderType, what: string): number | undefined {
  const value = fields.get('num_orders')
  const fix = `send num_orders as a whole number from 2 to ${MOST_ORDERS}, such as 10`
  if (value === undefined) {
    fields.issue('num_orders', `is missing for ${orderType}: how many ${what}`, fix)
    return undefined
  }
  const count = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value
  if (typeof count === 'number' && Number.isInteger(count) && count >= 2 && count <= MOST_ORDERS) return count
  fields.issue('num_orders', `${show(value)} is not a whole number from 2 to ${MOST_ORDERS}`, fix)
  return undefined
}

function needDecimal(fields: RequestFields, field: string, what: string, meaning: string): Decimal | undefined {
  if (fields.get(field) !== undefined) return readDecimalField(fields, field)
  fields.issue(field, `is missing for ${what}`, `send ${field}, ${meaning}, such as "95000.00"`)
  return undefined
}

/** A positive decimal; its problems are reported. */
export function readDecimalField(fields: RequestFields, field: string): Decimal | undefined {
  try {
    return parsePositiveDecimal(fields.get(field), field)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    for (const { problem, fix } of error.issues as readonly InputIssue[]) fields.issue(field, problem, fix)
    return undefined
  }
}

/** True when a request of these kinds sizes in base units only. */
export function needsBaseSize(orderType: OrderType | undefined): boolean {
  return orderType === 'STOP_LIMIT' || orderType === 'BRACKET' || orderType === 'SCALED'
}

/** The terms of a kind that has arguments of its own; `undefined` when something is missing, which is reported. */
export function readOwnKind(
  fields: RequestFields,
  orderType: OrderType | undefined,
  given: {
    readonly common: { readonly productId: string; readonly side: Side; readonly size: OrderSize }
    readonly limitPrice: Decimal | undefined
    readonly endTimeMs: number | undefined
  },
  setting: RequestSetting,
): OrderTerms | undefined {
  const { common, limitPrice, endTimeMs } = given
  if (orderType === 'BRACKET') {
    return readBracket(fields, { ...common, ...(endTimeMs === undefined ? {} : { endTimeMs }) })
  }
  if (orderType === 'TWAP') return readTwap(fields, common, limitPrice, endTimeMs, setting)
  return orderType === 'SCALED' ? readScaled(fields, common, setting) : undefined
}
