import { EXTERNAL_PRINCIPAL, type Intent, isTerminal, type VenueOrder } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { hashTerms } from '../hash-terms.js'
import { hasEnded } from '../lifecycle/order-kind.js'
import { orderFields } from '../order-log.js'
import { recordOutcome } from '../pipeline/record-outcome.js'
import { termsOfExternal } from './external-terms.js'
import { maySurface } from './tombstones.js'

export interface AdoptDeps {
  readonly context: DeskContext
  readonly onLive: (intent: Intent) => void
}

/** What the adoption of one order came to. */
export type Adoption =
  | { readonly kind: 'ours' }
  | { readonly kind: 'adopted'; readonly intent: Intent }
  /** Sentence for the report: the order cannot be counted, so the account may not take on more. */
  | { readonly kind: 'uncountable'; readonly problem: string }

/**
 * Finds a home for an order the venue shows: one of ours, or one from outside that counts as exposure from now on. The exits that the venue
 * makes for the fills of an order of ours come from outside, too, and are followed like those; they alarm nobody.
 *
 * An order behind an intent that was refused or given up for never accepted is taken back, cancelled, and the account may only
 * reduce: a copy of the request came through after the answer or after the proof. One behind an intent that was never sent is a
 * bug and halts the account.
 */
export async function adoptOrder(deps: AdoptDeps, order: VenueOrder): Promise<Adoption> {
  const { context, onLive } = deps
  const { journal } = context
  const known = (await journal.findByVenueOrderId(order.orderId)) ?? (await findOwn(context, order.clientOrderId))
  if (known) {
    await checkKnown(deps, known, order)
    return { kind: 'ours' }
  }
  const terms = termsOfExternal(order)
  if (!terms) {
    const problem = `order ${order.orderId} (${order.orderType} ${order.side} ${order.productId}) from outside has no size that could be counted`
    if (!hasEnded(order)) await context.trip('account', 'REDUCE_ONLY', problem)
    return { kind: 'uncountable', problem }
  }
  const intent = await journal.adoptExternal({
    intentId: context.ids.uuid(),
    clientOrderId: order.clientOrderId,
    account: context.accountId,
    principal: EXTERNAL_PRINCIPAL,
    termsHash: hashTerms(terms),
    decisionInput: '{}',
    policyVersion: context.policy.version,
    terms,
    venueOrderId: order.orderId,
    createdAtMs: order.createdAtMs,
  })
  context.emit({ type: 'intent', intent })
  const parent = order.originatingOrderId && (await journal.findByVenueOrderId(order.originatingOrderId))
  if (parent) {
    // The venue made it for the fills of an order of ours: nobody else is trading.
    context.log.info('exits_attached', { ...orderFields(intent), parent: parent.intentId, agent_id: parent.principal })
  } else {
    context.log.warn('order_from_outside', orderFields(intent))
    context.metrics.count('orders_external_total', { product: order.productId })
  }
  onLive(intent)
  return { kind: 'adopted', intent }
}

async function findOwn(context: DeskContext, clientOrderId: string): Promise<Intent | undefined> {
  if (clientOrderId === '') return undefined
  const intent = await context.journal.findByClientOrderId(clientOrderId)
  return intent?.principal === EXTERNAL_PRINCIPAL ? undefined : intent
}

async function checkKnown({ context, onLive }: AdoptDeps, intent: Intent, order: VenueOrder): Promise<void> {
  if (intent.venueOrderId === order.orderId || !isTerminal(intent.state)) return
  const fields = { ...orderFields(intent), venue_order_id: order.orderId, state: intent.state }
  if (!maySurface(intent.state)) {
    context.log.error('order_of_dead_intent', fields)
    await context.trip('account', 'HALTED', `intent ${intent.intentId} is ${intent.state}, but the venue has its order`)
    return
  }
  context.log.error('order_surfaced', fields)
  context.metrics.count('orders_surfaced_total')
  await context.trip(
    'account',
    'REDUCE_ONLY',
    `order of intent ${intent.intentId} surfaced after it was ${intent.state}`,
  )
  const back = await recordOutcome(context, intent.intentId, { type: 'acked', venueOrderId: order.orderId })
  if (!back) return
  const flagged = await recordOutcome(context, intent.intentId, { type: 'cancel_requested', by: 'desk' })
  onLive(flagged ?? back)
}
