import { formatDecimal, type Intent, type OrderTerms } from '@tidegate/trading-model'
import type { DeskContext } from './context.js'

/** The specification's fields of an order in the log, with ours beside them. */
export function orderFields(intent: Intent): Readonly<Record<string, string>> {
  return {
    order_id: intent.venueOrderId ?? '',
    intent_id: intent.intentId,
    client_order_id: intent.clientOrderId,
    product: intent.terms.productId,
    side: intent.terms.side,
    size: sizeText(intent.terms),
    order_type: intent.terms.orderType,
    agent_id: intent.principal,
    environment: intent.environment,
  }
}

/** The same for an edit: it has no order of its own at the venue, its `order_id` is that of the order it changes. */
export function editFields(edit: Intent, target: Intent | undefined): Readonly<Record<string, string>> {
  return { ...orderFields(edit), order_id: target?.venueOrderId ?? '', target: edit.targetIntentId ?? '' }
}

/** The size with its kind, because 10 BTC and 10 USD are not the same: `0.5` or `10 (quote)`. */
function sizeText(terms: OrderTerms): string {
  return terms.size.kind === 'base'
    ? formatDecimal(terms.size.baseSize)
    : `${formatDecimal(terms.size.quoteSize)} (quote)`
}

/** The venue has the order: the specification's event and counter. */
export function reportPlaced(context: DeskContext, intent: Intent, how: 'ack' | 'reconciled'): void {
  context.log.info('order_placed', { ...orderFields(intent), how })
  context.metrics.count('orders_placed_total', {
    product: intent.terms.productId,
    side: intent.terms.side,
    order_type: intent.terms.orderType,
  })
}

/** A refusal, ours or the venue's, counted by its code. */
export function reportRefused(context: DeskContext, by: 'risk' | 'venue', code: string): void {
  context.metrics.count('order_rejections_total', { code, by })
}

/** The order has ended at the venue. */
export function reportEnded(context: DeskContext, intent: Intent): void {
  context.log.info('order_ended', { ...orderFields(intent), state: intent.state, filled_size: intent.filledSize })
  if (intent.state === 'CANCELLED') {
    context.metrics.count('orders_cancelled_total', { product: intent.terms.productId })
  }
  if (intent.state === 'FAILED' && intent.filledSize === '0') reportRefused(context, 'venue', 'FAILED')
}
