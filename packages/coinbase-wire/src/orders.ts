import { z } from 'zod'
import { orderConfigurationSchema } from './order-configuration.js'
import { countText, decimalText, flag, identifier, listOf, open, openEnum, optionalText, text } from './primitives.js'

/** Most characters that the venue takes in `client_order_id`. */
export const MAX_CLIENT_ORDER_ID_LENGTH = 128

const orderTerms = {
  product_id: identifier,
  side: openEnum,
  order_configuration: orderConfigurationSchema,
  leverage: optionalText,
  margin_type: optionalText,
  retail_portfolio_id: optionalText,
  preview_id: optionalText,
}

/** Body of `POST /api/v3/brokerage/orders`. */
export const createOrderRequestSchema = z.object({
  client_order_id: identifier.max(MAX_CLIENT_ORDER_ID_LENGTH),
  ...orderTerms,
})
export type WireCreateOrderRequest = z.output<typeof createOrderRequestSchema>
export type WireCreateOrderRequestInput = z.input<typeof createOrderRequestSchema>

/** Body of `POST /api/v3/brokerage/orders/preview`: a create without its `client_order_id`. */
export const previewOrderRequestSchema = z.object(orderTerms)
export type WirePreviewOrderRequest = z.output<typeof previewOrderRequestSchema>
export type WirePreviewOrderRequestInput = z.input<typeof previewOrderRequestSchema>

/** Why a create was refused; the cause can sit in any of the fields. */
export const orderErrorResponseSchema = z.object({
  error: optionalText,
  message: optionalText,
  error_details: optionalText,
  preview_failure_reason: optionalText,
  new_order_failure_reason: optionalText,
})
export type WireOrderErrorResponse = z.output<typeof orderErrorResponseSchema>

/** Answer to a create, HTTP 200 both ways: look at `success`. */
export const createOrderResponseSchema = open({
  success: z.boolean(),
  failure_reason: optionalText,
  order_id: optionalText,
  success_response: z
    .object({
      order_id: optionalText,
      product_id: optionalText,
      side: optionalText,
      client_order_id: optionalText,
    })
    .nullish(),
  error_response: orderErrorResponseSchema.nullish(),
  order_configuration: orderConfigurationSchema.nullish(),
})
export type WireCreateOrderResponse = z.output<typeof createOrderResponseSchema>
export type WireCreateOrderResponseInput = z.input<typeof createOrderResponseSchema>

/** Answer to a preview, HTTP 200 also when `errs` says that the order would be refused. */
export const previewOrderResponseSchema = open({
  order_total: decimalText,
  commission_total: decimalText,
  errs: listOf(text),
  warning: z
    .array(text)
    .nullish()
    .transform((items) => items ?? []),
  quote_size: decimalText,
  base_size: decimalText,
  best_bid: decimalText,
  best_ask: decimalText,
  is_max: flag,
  slippage: decimalText,
  preview_id: optionalText,
  est_average_filled_price: decimalText,
})
export type WirePreviewOrderResponse = z.output<typeof previewOrderResponseSchema>
export type WirePreviewOrderResponseInput = z.input<typeof previewOrderResponseSchema>

/** Body of `POST /api/v3/brokerage/orders/batch_cancel`, at most 100 ids. */
export const cancelOrdersRequestSchema = z.object({ order_ids: z.array(identifier) })
export type WireCancelOrdersRequest = z.output<typeof cancelOrdersRequestSchema>

/** One result a requested id. `failure_reason` means nothing where `success` is true. */
export const cancelOrdersResponseSchema = z.object({
  results: listOf(z.object({ success: z.boolean(), failure_reason: optionalText, order_id: identifier })),
})
export type WireCancelOrdersResponse = z.output<typeof cancelOrdersResponseSchema>
export type WireCancelOrdersResponseInput = z.input<typeof cancelOrdersResponseSchema>

/** An order of `GET /orders/historical/*`: cumulative state. `fee` is always empty, `total_fees` is the fee. */
export const orderSchema = open({
  order_id: identifier,
  client_order_id: text,
  product_id: identifier,
  user_id: optionalText,
  order_configuration: orderConfigurationSchema.nullish(),
  side: openEnum,
  status: openEnum,
  time_in_force: optionalText,
  created_time: optionalText,
  last_fill_time: optionalText,
  last_update_time: optionalText,
  completion_percentage: decimalText,
  filled_size: decimalText,
  average_filled_price: decimalText,
  fee: optionalText,
  number_of_fills: countText,
  filled_value: decimalText,
  pending_cancel: flag,
  size_in_quote: flag,
  total_fees: decimalText,
  size_inclusive_of_fees: flag,
  total_value_after_fees: decimalText,
  trigger_status: optionalText,
  order_type: optionalText,
  reject_reason: optionalText,
  reject_message: optionalText,
  cancel_message: optionalText,
  settled: flag,
  product_type: optionalText,
  order_placement_source: optionalText,
  outstanding_hold_amount: decimalText,
  is_liquidation: flag,
  leverage: optionalText,
  margin_type: optionalText,
  retail_portfolio_id: optionalText,
  /** Of a bracket that the venue made for the fills of another order: that order. */
  originating_order_id: optionalText,
  attached_order_configuration: orderConfigurationSchema.nullish(),
})
export type WireOrder = z.output<typeof orderSchema>
export type WireOrderInput = z.input<typeof orderSchema>

/** `GET /api/v3/brokerage/orders/historical/{order_id}`; `null` while the order is not visible yet. */
export const getOrderResponseSchema = z.object({ order: orderSchema.nullable() })

/** `GET /api/v3/brokerage/orders/historical/batch`. */
export const listOrdersResponseSchema = z.object({
  orders: listOf(orderSchema),
  sequence: optionalText,
  has_next: flag,
  cursor: optionalText,
})
export type WireListOrdersInput = z.input<typeof listOrdersResponseSchema>

/** A fill. With `size_in_quote` the size is an amount of quote currency. */
export const fillSchema = open({
  entry_id: identifier,
  trade_id: identifier,
  order_id: identifier,
  trade_time: optionalText,
  trade_type: optionalText,
  price: decimalText,
  size: decimalText,
  commission: decimalText,
  product_id: identifier,
  sequence_timestamp: optionalText,
  liquidity_indicator: optionalText,
  size_in_quote: flag,
  user_id: optionalText,
  side: openEnum,
  retail_portfolio_id: optionalText,
})
export type WireFill = z.output<typeof fillSchema>
export type WireFillInput = z.input<typeof fillSchema>

/** `GET /api/v3/brokerage/orders/historical/fills`: there is no `has_next`; an empty `cursor` is the end. */
export const listFillsResponseSchema = z.object({ fills: listOf(fillSchema), cursor: optionalText })
export type WireListFillsInput = z.input<typeof listFillsResponseSchema>
