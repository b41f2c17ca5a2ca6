import {
  previewOrderResponseSchema,
  toOrderConfiguration,
  type WirePreviewOrderRequestInput,
} from '@tidegate/coinbase-wire'
import { type Decimal, type OrderTerms, readDecimal, VenueRejectedError } from '@tidegate/trading-model'
import type { HttpClient } from '../http/http-client.js'
import { rememberRaw } from '../raw-of.js'
import { attachedOf } from './attached-of.js'
import { type RawTerms, writeRawPreview } from './raw-order.js'

/** What the venue expects an order to cost. A preview reserves nothing: price and balance may move before the order. */
export interface OrderPreview {
  readonly previewId?: string
  /** Quote units, fee included. */
  readonly orderTotal?: Decimal
  /** Quote units. */
  readonly commissionTotal?: Decimal
  readonly baseSize?: Decimal
  readonly quoteSize?: Decimal
  readonly bestBid?: Decimal
  readonly bestAsk?: Decimal
  readonly averageFilledPrice?: Decimal
  /** The venue's warning words, e.g. `BIG_ORDER`. */
  readonly warnings: readonly string[]
}

/**
 * Asks the venue whether it would take an order and what it would cost.
 *
 * - Wire: `POST /api/v3/brokerage/orders/preview`
 * - Key: `trade`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when it would refuse; `venueReason` is its first reason, all are in
 * the context.
 * @throws {InputError} `ERR_INPUT_INVALID` for terms that the venue has no variant for, and for malformed amounts.
 */
export async function previewOrder(client: HttpClient, terms: OrderTerms | RawTerms): Promise<OrderPreview> {
  const body = 'orderConfiguration' in terms ? writeRawPreview(terms) : writeTerms(terms)
  const answer = await client.call('previewOrder', { schema: previewOrderResponseSchema, body: () => body })
  const [reason] = answer.errs
  if (reason !== undefined) {
    throw new VenueRejectedError(`Coinbase would reject the order: ${answer.errs.join(', ')}`, reason, {
      endpoint: 'previewOrder',
      httpStatus: 200,
      context: { reasons: answer.errs },
    })
  }
  const amounts = {
    orderTotal: readDecimal(answer.order_total),
    commissionTotal: readDecimal(answer.commission_total),
    baseSize: readDecimal(answer.base_size),
    quoteSize: readDecimal(answer.quote_size),
    bestBid: readDecimal(answer.best_bid),
    bestAsk: readDecimal(answer.best_ask),
    averageFilledPrice: readDecimal(answer.est_average_filled_price),
  }
  const preview: OrderPreview = {
    ...(Object.fromEntries(
      Object.entries(amounts).filter(([, value]) => value !== undefined),
    ) as Partial<OrderPreview>),
    ...(answer.preview_id ? { previewId: answer.preview_id } : {}),
    warnings: answer.warning,
  }
  return rememberRaw(preview, answer)
}

function writeTerms(terms: OrderTerms): WirePreviewOrderRequestInput {
  return {
    product_id: terms.productId,
    side: terms.side,
    order_configuration: toOrderConfiguration(terms),
    ...attachedOf(terms),
  }
}
