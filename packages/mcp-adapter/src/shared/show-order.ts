import { Decimal, formatDecimal, type Intent, type IntentState, isTerminal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { known, knownTime, showTime } from './show-values.js'
import { untrustedText, venueWord } from './untrusted-text.js'

/**
 * The state in the venue's words where it has one: an acknowledged order is PENDING until it rests or trades.
 * Our own states (RESERVED, AWAITING_APPROVAL, UNKNOWN, DENIED, …) keep their names.
 */
export function statusWord(state: IntentState): string {
  return state === 'ACKED' ? 'PENDING' : state
}

/** The state behind a status word. */
export function stateOfStatus(status: string): string {
  return status === 'PENDING' ? 'ACKED' : status
}

/** One order, from the wish to the last fill. Sizes are base units unless the name says quote. */
export function showOrder(intent: Intent, nowMs: number): JsonObject {
  const { terms } = intent
  const filled = new Decimal(intent.filledSize)
  return {
    intent_id: intent.intentId,
    ...(intent.targetIntentId === undefined ? {} : { kind: intent.kind, target_intent_id: intent.targetIntentId }),
    ...(intent.venueOrderId ? { order_id: venueWord(intent.venueOrderId, 128) } : {}),
    client_order_id: intent.key ? untrustedText(intent.key, 128) : intent.clientOrderId,
    product_id: venueWord(terms.productId),
    side: terms.side,
    order_type: terms.orderType,
    time_in_force: terms.timeInForce,
    ...(terms.size.kind === 'base'
      ? { size: formatDecimal(terms.size.baseSize) }
      : { quote_size: formatDecimal(terms.size.quoteSize) }),
    ...(terms.orderType === 'MARKET' ? {} : { limit_price: formatDecimal(terms.limitPrice) }),
    ...(terms.orderType === 'STOP_LIMIT'
      ? { stop_price: formatDecimal(terms.stopPrice), stop_direction: terms.stopDirection }
      : {}),
    ...(terms.orderType === 'LIMIT' ? { post_only: terms.postOnly } : {}),
    ...(terms.orderType === 'MARKET' ? {} : knownTime('end_time', terms.endTimeMs)),
    status: statusWord(intent.state),
    state: intent.state,
    cancel: intent.cancel,
    is_open: !isTerminal(intent.state),
    filled_size: intent.filledSize,
    filled_value: intent.filledValue,
    ...(terms.size.kind === 'base' && !isTerminal(intent.state)
      ? { remaining_size: formatDecimal(terms.size.baseSize.minus(filled)) }
      : {}),
    partially_filled: !isTerminal(intent.state) && filled.gt(0),
    ...known('average_filled_price', intent.averageFilledPrice),
    total_fees: intent.totalFees,
    worst_notional_usd: intent.worstNotionalUsd,
    agent: untrustedText(intent.principal, 80),
    ...(intent.needsApproval
      ? {
          needs_approval: true,
          terms_hash: intent.termsHash,
          ...knownTime('approval_expires_at', intent.approvalExpiresAtMs),
          ...known('approved_by', intent.approvedBy),
        }
      : {}),
    created_at: showTime(intent.createdAtMs),
    updated_at: showTime(intent.updatedAtMs),
    age_ms: Math.max(0, nowMs - intent.updatedAtMs),
    ...known('code', intent.outcomeCode),
    ...(intent.outcomeReason ? { untrusted_venue_text: { reason: untrustedText(intent.outcomeReason) } } : {}),
  }
}
