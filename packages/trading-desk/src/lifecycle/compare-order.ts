import {
  type AttachedExits,
  formatDecimal,
  type Intent,
  ORDER_TYPES,
  type OrderTerms,
  type OrderType,
  type Rung,
  type VenueAck,
  type VenueOrder,
} from '@tidegate/trading-model'
import type { SameBook } from '../same-book.js'

/**
 * Compares what the venue acknowledged with what was committed. A venue that replays another order answers `success` all the same.
 *
 * @returns The first difference as a sentence, or `undefined`.
 */
export function compareAck(intent: Intent, ack: VenueAck, books: SameBook): string | undefined {
  if (ack.orderId === '') return 'the acknowledgement names no order'
  return (
    differ('client order id', intent.clientOrderId, ack.clientOrderId) ??
    differProduct(intent.terms.productId, ack.productId, books) ??
    differ('side', intent.terms.side, ack.side.toUpperCase())
  )
}

/**
 * Compares an order as the venue shows it with the intent. What the venue leaves out is not compared: the answer of the order
 * endpoint is complete, hints of the stream are not.
 */
export function compareOrder(intent: Intent, order: VenueOrder, books: SameBook): string | undefined {
  const { terms } = intent
  return (
    differ('client order id', intent.clientOrderId, order.clientOrderId) ??
    differProduct(terms.productId, order.productId, books) ??
    differ('side', terms.side, order.side) ??
    differType(terms, order) ??
    differ('limit price', priceOf(terms), order.limitPrice && formatDecimal(order.limitPrice)) ??
    differ(
      'stop price',
      'stopPrice' in terms ? formatDecimal(terms.stopPrice) : undefined,
      order.stopPrice && formatDecimal(order.stopPrice),
    ) ??
    differ('number of slices', slicesOf(terms), order.sliceCount?.toString()) ??
    differ(
      'ladder',
      terms.orderType === 'SCALED' ? sayRungs(terms.rungs) : undefined,
      order.rungs && sayRungs(order.rungs),
    ) ??
    differ('exits', sayExits('attached' in terms ? terms.attached : undefined), sayExits(order.attached)) ??
    (terms.size.kind === 'base'
      ? differ('base size', formatDecimal(terms.size.baseSize), order.baseSize && formatDecimal(order.baseSize))
      : differ('quote size', formatDecimal(terms.size.quoteSize), order.quoteSize && formatDecimal(order.quoteSize)))
  )
}

function differ(what: string, ours: string | undefined, theirs: string | undefined): string | undefined {
  if (ours === undefined || theirs === undefined || ours === theirs) return undefined
  return `${what} is ${JSON.stringify(theirs)} at the venue, ${JSON.stringify(ours)} was committed`
}

function differProduct(ours: string, theirs: string, books: SameBook): string | undefined {
  return books.isSame(ours, theirs) ? undefined : differ('product', ours, theirs)
}

function differType(terms: OrderTerms, order: VenueOrder): string | undefined {
  return ORDER_TYPES.includes(order.orderType as OrderType)
    ? differ('order type', terms.orderType, order.orderType)
    : undefined
}

/** A ladder has no limit of its own at the venue. */
function priceOf(terms: OrderTerms): string | undefined {
  return terms.orderType === 'MARKET' || terms.orderType === 'SCALED' ? undefined : formatDecimal(terms.limitPrice)
}

function slicesOf(terms: OrderTerms): string | undefined {
  return terms.orderType === 'TWAP' ? String(terms.sliceCount) : undefined
}

/** In the order of their prices, because the venue may list them otherwise. */
function sayRungs(rungs: readonly Rung[]): string {
  return [...rungs]
    .sort((a, b) => a.limitPrice.comparedTo(b.limitPrice))
    .map(({ limitPrice, baseSize }) => `${formatDecimal(baseSize)}@${formatDecimal(limitPrice)}`)
    .join(' ')
}

function sayExits(exits: AttachedExits | undefined): string | undefined {
  return exits && `${formatDecimal(exits.takeProfitPrice)}/${formatDecimal(exits.stopLossPrice)}`
}
