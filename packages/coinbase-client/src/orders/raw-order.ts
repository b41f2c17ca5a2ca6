import {
  type AttachedConfiguration,
  type NewOrderConfiguration,
  type NewOrderRequest,
  type NewPreviewRequest,
  newOrderRequestSchema,
  newPreviewRequestSchema,
} from '@tidegate/coinbase-wire'
import { checkInput } from '../check-input.js'

/** What an order of any of the twelve kinds says, besides its id. Amounts are decimal text. */
export interface RawTerms {
  readonly productId: string
  readonly side: 'BUY' | 'SELL'
  /** Exactly one of the twelve variants; `buildOrderConfiguration` of coinbase-wire writes them. */
  readonly orderConfiguration: NewOrderConfiguration
  /** Take profit and stop loss that follow the filled order. */
  readonly attachedOrderConfiguration?: AttachedConfiguration
  /** Derivatives; `"1.0"` at the venue without. */
  readonly leverage?: string
  readonly marginType?: 'CROSS' | 'ISOLATED'
  readonly retailPortfolioId?: string
  readonly sorPreference?: NewOrderRequest['sor_preference']
  readonly costBasisMethod?: NewOrderRequest['cost_basis_method']
  /** Orders of the same id do not match each other. */
  readonly selfTradePreventionId?: string
}

/** One order of any of the twelve kinds to send. */
export interface RawOrder extends RawTerms {
  /** Idempotency key at the venue: a fresh id for every intent, at most 128 characters. */
  readonly clientOrderId: string
  /** Id of the preview that this order follows. */
  readonly previewId?: string
}

/** Writes and checks the body of a create. @throws {InputError} `ERR_INPUT_INVALID` naming each field. */
export function writeRawOrder(order: RawOrder): NewOrderRequest {
  return checkInput(newOrderRequestSchema, {
    client_order_id: order.clientOrderId,
    ...(order.previewId === undefined ? {} : { preview_id: order.previewId }),
    ...rawTerms(order),
  })
}

/** Writes and checks the body of a preview. @throws {InputError} `ERR_INPUT_INVALID` naming each field. */
export function writeRawPreview(terms: RawTerms): NewPreviewRequest {
  return checkInput(newPreviewRequestSchema, rawTerms(terms))
}

function rawTerms(order: RawTerms): Record<string, unknown> {
  const fields = {
    product_id: order.productId,
    side: order.side,
    order_configuration: order.orderConfiguration,
    attached_order_configuration: order.attachedOrderConfiguration,
    leverage: order.leverage,
    margin_type: order.marginType,
    retail_portfolio_id: order.retailPortfolioId,
    sor_preference: order.sorPreference,
    cost_basis_method: order.costBasisMethod,
    self_trade_prevention_id: order.selfTradePreventionId,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
