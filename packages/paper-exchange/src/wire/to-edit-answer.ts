import type { Decimal } from '@tidegate/trading-model'
import type { EditRefusal } from '../engine/edit-order.js'
import type { EditPreview } from '../engine/engine-options.js'
import { priced } from './to-preview.js'
import { text } from './to-wire-product.js'

/** `errors` of an edit: an array, because the official SDK iterates it. */
export function toEditErrors({ reason, previewReason }: EditRefusal) {
  return [
    {
      edit_failure_reason: reason,
      preview_failure_reason: previewReason ?? 'UNKNOWN_PREVIEW_FAILURE_REASON',
    },
  ]
}

/** What an edit would make of an order, as the wire shows it. */
export function toEditPreview(
  preview: EditPreview,
  rates: { readonly takerRate: Decimal; readonly makerRate: Decimal },
) {
  const { refusal, terms, plan, market } = preview
  if (refusal) return { errors: toEditErrors(refusal) }
  const numbers = terms && priced(terms, { plan }, rates)
  return {
    errors: [],
    slippage: text(numbers?.slippage),
    order_total: text(numbers?.total),
    commission_total: text(numbers?.fees),
    quote_size: text(numbers?.quoteValue),
    base_size: text(numbers?.baseSize),
    best_bid: text(market?.best('bid')?.price),
    best_ask: text(market?.best('ask')?.price),
    average_filled_price: text(numbers?.averagePrice),
  }
}
