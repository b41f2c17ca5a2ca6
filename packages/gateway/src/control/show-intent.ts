import type { JsonObject } from '@tidegate/mcp-adapter'
import type { QuarantineView } from '@tidegate/trading-desk'
import { type ApprovalRow, formatDecimal, type Intent, serializeTerms } from '@tidegate/trading-model'

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

/** A quarantined order and what the venue shows of it. */
export function showQuarantine({ outcome, intent, order, evidence, next, waits }: QuarantineView): JsonObject {
  return {
    ok: outcome !== 'refused',
    outcome,
    evidence,
    next,
    waits: waits ?? false,
    intent: showIntent(intent),
    venue_order: order
      ? {
          order_id: order.orderId,
          product_id: order.productId,
          side: order.side,
          order_type: order.orderType,
          status: order.status,
          base_size: order.baseSize ? formatDecimal(order.baseSize) : null,
          quote_size: order.quoteSize ? formatDecimal(order.quoteSize) : null,
          limit_price: order.limitPrice ? formatDecimal(order.limitPrice) : null,
          filled_size: formatDecimal(order.filledSize),
        }
      : null,
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
