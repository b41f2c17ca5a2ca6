import { type AttachedConfiguration, toAttachedConfiguration } from '@tidegate/coinbase-wire'
import type { OrderTerms } from '@tidegate/trading-model'

/** The exits of an order as a field of its request; no field where it has none. */
export function attachedOf(terms: OrderTerms): { readonly attached_order_configuration?: AttachedConfiguration } {
  return 'attached' in terms && terms.attached
    ? { attached_order_configuration: toAttachedConfiguration(terms.attached) }
    : {}
}
