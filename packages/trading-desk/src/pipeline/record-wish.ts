import { type RiskSnapshot, serializeSnapshot } from '@tidegate/risk-engine'
import type { ApprovedOrder, NewIntent, RecordResult } from '@tidegate/trading-model'
import { type DeskContext, describeError } from '../context.js'
import { ratesOf } from './take-snapshot.js'

/** Who wishes, and what a repeat is recognised by. */
export type Origin = Pick<
  NewIntent,
  'account' | 'principal' | 'key' | 'termsHash' | 'policyVersion' | 'change' | 'wishHash'
>

/**
 * Transaction 1. When its answer is lost, the journal is asked whether it happened.
 *
 * @throws {StoreError} The journal failed, and nothing was recorded.
 */
export async function recordWish(
  context: DeskContext,
  origin: Origin,
  snapshot: RiskSnapshot,
  order: ApprovedOrder,
): Promise<RecordResult> {
  const { journal, settings, clock } = context
  const ids = newIds(context, origin)
  try {
    return await journal.recordIntent({
      ...origin,
      ...ids,
      decisionInput: serializeSnapshot(snapshot),
      order,
      rates: ratesOf(context, origin.principal, snapshot),
      releaseEpoch: snapshot.usage.releaseEpoch,
      duplicateWindowMs: settings.duplicateWindowMs,
      bookProductId: snapshot.bookProductId,
      ...(order.needsApproval ? { approvalExpiresAtMs: clock.nowMs() + settings.approvalExpiresAfterMs } : {}),
    })
  } catch (error) {
    context.log.error('intent_not_recorded', { intent_id: ids.intentId, error: describeError(error) })
    const intent = await journal.getIntent(ids.intentId)
    if (!intent) throw error
    return { kind: 'recorded', intent }
  }
}

/** Fresh ids for a wish; the one at the venue follows from who wishes and under which key. */
export function newIds(
  context: DeskContext,
  origin: Origin,
): { readonly intentId: string; readonly clientOrderId: string } {
  const intentId = context.ids.uuid()
  const wish = {
    account: origin.account,
    principal: origin.principal,
    ...(origin.key === undefined ? {} : { key: origin.key }),
    intentId,
  }
  return { intentId, clientOrderId: context.journal.clientOrderIdFor(wish) }
}
