import { type Intent, type IntentOrigin, InvariantError, type OrderTerms } from '@tidegate/trading-model'
import { fromIntentRow } from '../codec/intent-row.js'
import type { JournalContext } from '../context.js'
import { write } from '../write.js'
import { insertIntent } from './store-intent.js'

export type ExternalOrder = IntentOrigin & {
  readonly terms: OrderTerms
  readonly venueOrderId: string
  readonly createdAtMs: number
}

/**
 * Makes an intent of an order from outside: see {@link Journal.adoptExternal}. The same venue order is adopted once.
 *
 * @throws InvariantError when the order carries one of our own ids: then it is ours, and its intent must be resolved instead.
 */
export async function adoptExternal(ctx: JournalContext, order: ExternalOrder): Promise<Intent> {
  return await write(ctx, async (tx) => {
    const known = await tx.trx
      .selectFrom('intents')
      .selectAll()
      .where('venue_order_id', '=', order.venueOrderId)
      .executeTakeFirst()
    if (known) return fromIntentRow(known)
    const ours = await tx.trx
      .selectFrom('intents')
      .select('intent_id')
      .where('client_order_id', '=', order.clientOrderId)
      .where('principal', '<>', 'external')
      .where('state', '<>', 'DENIED')
      .executeTakeFirst()
    if (ours) {
      throw new InvariantError(`Venue order ${order.venueOrderId} carries our id and is intent ${ours.intent_id}`, {
        hint: 'apply `acked` to that intent',
      })
    }
    const intent: Intent = {
      intentId: order.intentId,
      clientOrderId: order.clientOrderId,
      kind: 'order',
      environment: ctx.environment,
      account: order.account,
      principal: 'external',
      terms: order.terms,
      termsHash: order.termsHash,
      state: 'ACKED',
      cancel: 'none',
      worstNotionalUsd: '0',
      needsApproval: false,
      reducesExposure: false,
      priceBand: { low: '0', high: '0' },
      venueOrderId: order.venueOrderId,
      notBeforeMs: order.createdAtMs,
      filledSize: '0',
      filledValue: '0',
      totalFees: '0',
      createdAtMs: order.createdAtMs,
      updatedAtMs: tx.nowMs,
      version: 1,
    }
    await insertIntent(tx, intent, {
      actor: 'external',
      type: 'intent.adopted',
      body: { venue_order_id: order.venueOrderId },
      decision: { policyVersion: order.policyVersion, input: order.decisionInput },
    })
    return intent
  })
}
