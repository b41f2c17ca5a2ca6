import {
  type AttachedExits,
  Decimal,
  formatDecimal,
  type Intent,
  type IntentState,
  isTerminal,
  type OrderTerms,
} from '@tidegate/trading-model'
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
    ...showPrices(terms),
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

/**
 * Prices and times of an order under the names that it was asked with: the two exits of a bracket, the range of a ladder with each of
 * its orders, the slices of a TWAP.
 */
export function showPrices(terms: OrderTerms): JsonObject {
  switch (terms.orderType) {
    case 'MARKET':
      return showExits(terms.attached)
    case 'LIMIT':
      return {
        limit_price: formatDecimal(terms.limitPrice),
        post_only: terms.postOnly,
        ...knownTime('end_time', terms.endTimeMs),
        ...showExits(terms.attached),
      }
    case 'STOP_LIMIT':
      return {
        limit_price: formatDecimal(terms.limitPrice),
        stop_price: formatDecimal(terms.stopPrice),
        stop_direction: terms.stopDirection,
        ...knownTime('end_time', terms.endTimeMs),
      }
    case 'BRACKET':
      return {
        ...showExits({ takeProfitPrice: terms.limitPrice, stopLossPrice: terms.stopPrice }),
        ...knownTime('end_time', terms.endTimeMs),
      }
    case 'TWAP':
      return {
        limit_price: formatDecimal(terms.limitPrice),
        num_orders: terms.sliceCount,
        start_time: showTime(terms.startTimeMs),
        end_time: showTime(terms.endTimeMs),
      }
    case 'SCALED':
      return {
        num_orders: terms.rungs.length,
        orders: terms.rungs.map((rung) => [formatDecimal(rung.limitPrice), formatDecimal(rung.baseSize)]),
      }
  }
}

function showExits(exits: AttachedExits | undefined): JsonObject {
  return exits
    ? {
        take_profit_price: formatDecimal(exits.takeProfitPrice),
        stop_loss_price: formatDecimal(exits.stopLossPrice),
      }
    : {}
}
