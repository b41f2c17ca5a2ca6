import type { JsonObject } from '@tidegate/mcp-adapter'
import { type ApprovalRow, type Intent, serializeTerms } from '@tidegate/trading-model'

/** An intent for the operator's eyes: decimal strings, ISO times, the terms as they are hashed. */
export function showIntent(intent: Intent): JsonObject {
  return {
    intent_id: intent.intentId,
    environment: intent.environment,
    principal: intent.principal,
    state: intent.state,
    terms: JSON.parse(serializeTerms(intent.terms)) as JsonObject,
    terms_hash: intent.termsHash,
    worst_notional_usd: intent.worstNotionalUsd,
    price_band: { ...intent.priceBand },
    reduces_exposure: intent.reducesExposure,
    order_id: intent.venueOrderId ?? null,
    filled_size: intent.filledSize,
    filled_value: intent.filledValue,
    outcome_code: intent.outcomeCode ?? null,
    created_at: new Date(intent.createdAtMs).toISOString(),
  }
}

/** A request for approval, with what the approver needs to decide. */
export function showApproval(row: ApprovalRow): JsonObject {
  return {
    ...showIntent(row.intent),
    requested_at: new Date(row.requestedAtMs).toISOString(),
    expires_at: new Date(row.expiresAtMs).toISOString(),
    decision: row.decision ?? null,
    decided_by: row.decidedBy ?? null,
  }
}
