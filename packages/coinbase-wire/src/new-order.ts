import { z } from 'zod'
import { attachedConfigurationSchema, newOrderConfigurationSchema } from './new-order-configuration.js'
import { WIRE_COST_BASIS_METHODS, WIRE_SOR_PREFERENCES } from './open-enums.js'
import { MAX_CLIENT_ORDER_ID_LENGTH } from './orders.js'
import { identifier, positiveText } from './primitives.js'

const terms = {
  product_id: identifier,
  side: z.enum(['BUY', 'SELL']),
  order_configuration: newOrderConfigurationSchema,
  attached_order_configuration: attachedConfigurationSchema.optional(),
  leverage: positiveText.optional(),
  margin_type: z.enum(['CROSS', 'ISOLATED']).optional(),
  retail_portfolio_id: identifier.optional(),
  sor_preference: z.enum(WIRE_SOR_PREFERENCES).optional(),
  cost_basis_method: z.enum(WIRE_COST_BASIS_METHODS).optional(),
  self_trade_prevention_id: identifier.optional(),
}

/** Any order that may be sent: the client's side of `createOrderRequestSchema`, strict in every field. */
export const newOrderRequestSchema = z.strictObject({
  client_order_id: identifier.max(MAX_CLIENT_ORDER_ID_LENGTH),
  preview_id: identifier.optional(),
  ...terms,
})
export type NewOrderRequest = z.input<typeof newOrderRequestSchema>

/** Any order that may be previewed. */
export const newPreviewRequestSchema = z.strictObject(terms)
export type NewPreviewRequest = z.input<typeof newPreviewRequestSchema>
