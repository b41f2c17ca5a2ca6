import type { WireEditErrors, WireEditOrderResponse } from '@tidegate/coinbase-wire'
import { verdictOf } from '../http/verdict-of.js'
import { refusedOutcome, unclearOutcome } from '../outcome.js'

const endpoint = 'editOrder'

/** The reason words of an edit's errors that say something. */
export function editReasons(errors: WireEditErrors): readonly string[] {
  return errors
    .flatMap((error) => [error.edit_failure_reason, error.preview_failure_reason])
    .flatMap((word) => verdictOf(word) ?? [])
}

/**
 * Refusals that may be about an earlier copy of this very request: the order is being changed already, or has these terms already.
 * An edit carries no id of its own, so nothing tells a second copy from somebody else's edit; only the order does.
 */
const maybeOurs: ReadonlySet<string> = new Set([
  'EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST',
  'ORDER_IS_ALREADY_BEING_REPLACED',
  'TOO_MANY_PENDING_REPLACES',
])

/**
 * Reads the answer to an edit. Success counts only without a reason against it, and for the order that was asked for.
 *
 * @throws {VenueRejectedError} a parsed refusal with a reason: the order stands as it was.
 * @throws {VenueOutcomeUnknownError} everything else, refusals that an earlier copy of the request would cause among them.
 */
export function parseEditAnswer(answer: WireEditOrderResponse, orderId: string): { readonly orderId: string } {
  const edited = answer.error_response?.edit_order_failure_reason
  const reasons = [...editReasons(answer.errors), ...editReasons([{ edit_failure_reason: edited } as never])]
  const acknowledged = answer.success_response?.order_id
  const context = { orderId, acknowledged, reasons }
  const [reason] = reasons
  if (!answer.success) {
    if (reason === undefined) throw unclearOutcome(endpoint, 'Coinbase refuses the edit without any reason', context)
    if (reasons.some((word) => maybeOurs.has(word))) {
      throw unclearOutcome(endpoint, `Coinbase may have this edit already: ${reasons.join(', ')}`, context)
    }
    throw refusedOutcome(endpoint, `Coinbase rejected the edit: ${reasons.join(', ')}`, reason, context)
  }
  if (reason !== undefined) throw unclearOutcome(endpoint, 'Coinbase reports success and a reason against it', context)
  if (acknowledged !== undefined && acknowledged !== orderId) {
    throw unclearOutcome(endpoint, 'Coinbase acknowledged an edit of another order', context)
  }
  return { orderId }
}
