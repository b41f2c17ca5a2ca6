import { z } from 'zod'
import { attachedConfigurationSchema } from './new-order-configuration.js'
import { amount, identifier, open, optionalText, positiveText } from './primitives.js'

/**
 * Body of `POST /api/v3/brokerage/orders/edit`. Price and size are both needed: the venue reads an omitted size as 0.
 * `size` is the new total, what is filled included.
 */
export const editOrderRequestSchema = z.strictObject({
  order_id: identifier,
  price: positiveText,
  size: positiveText,
  stop_price: positiveText.optional(),
  attached_order_configuration: attachedConfigurationSchema.optional(),
  cancel_attached_order: z.boolean().optional(),
})
export type WireEditOrderRequest = z.output<typeof editOrderRequestSchema>

const editErrorSchema = open({ edit_failure_reason: optionalText, preview_failure_reason: optionalText })

/** `errors` is an array in the schema, one object in the venue's own examples. */
const editErrors = z
  .union([z.array(editErrorSchema), editErrorSchema])
  .nullish()
  .transform((errors) => (Array.isArray(errors) ? errors : errors ? [errors] : []))

/** Answer to an edit, HTTP 200 both ways: look at `success`. */
export const editOrderResponseSchema = open({
  success: z.boolean(),
  success_response: open({ order_id: optionalText })
    .nullish()
    .transform((value) => value ?? undefined),
  error_response: open({ error_details: optionalText, edit_order_failure_reason: optionalText })
    .nullish()
    .transform((value) => value ?? undefined),
  errors: editErrors,
})
export type WireEditOrderResponse = z.output<typeof editOrderResponseSchema>

/** Answer to `POST /orders/edit_preview`, HTTP 200 also when `errors` says that the edit would be refused. */
export const editPreviewResponseSchema = open({
  errors: editErrors,
  slippage: amount,
  order_total: amount,
  commission_total: amount,
  quote_size: amount,
  base_size: amount,
  best_bid: amount,
  best_ask: amount,
  average_filled_price: amount,
})
export type WireEditPreviewResponse = z.output<typeof editPreviewResponseSchema>
export type WireEditErrors = readonly z.output<typeof editErrorSchema>[]
