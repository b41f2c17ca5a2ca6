import type { PlaceResult } from '@tidegate/trading-desk'
import { type Denial, type Environment, type Intent, isTerminal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { publicCode } from '../public-code.js'
import { statusWord } from '../shared/show-order.js'
import { known, knownTime, showTime } from '../shared/show-values.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import { denialError, denialNext, showDenial, showEstimate } from './show-decision.js'

/** The page on which an order's approver decides. */
export type ApprovalUrl = (intentId: string) => string | undefined

/**
 * Structured content of a placement. `success` is true only when the venue accepted the order, or when a dry run
 * passed every check; waiting, refused and unknown orders are not successes, and each says what to do next.
 */
export function showPlacement(
  result: PlaceResult,
  env: Environment,
  { approvalUrl, isEndGiven = false }: PlacementSetting = {},
): JsonObject {
  const { intent, decision } = result
  const denials = decision?.kind === 'denied' ? decision.denials : []
  const verdict = judge(result, denials, isEndGiven)
  return {
    success: verdict.success,
    outcome: result.outcome === 'dry_run' && denials.length > 0 ? 'denied' : result.outcome,
    ...(intent ? showIntent(intent) : {}),
    ...(result.outcome === 'dry_run' ? { dry_run: true } : {}),
    ...(result.duplicateOf ? { duplicate_of: result.duplicateOf } : {}),
    denials: denials.map(showDenial),
    ...(verdict.error ? { error: verdict.error } : {}),
    ...(decision?.estimate ? { estimate: showEstimate(decision.estimate) } : {}),
    ...approvalFields(result, approvalUrl),
    env,
    next: verdict.next,
    ...(intent?.outcomeReason ? { untrusted_venue_text: { reason: untrustedText(intent.outcomeReason) } } : {}),
  }
}

interface PlacementSetting {
  readonly approvalUrl?: ApprovalUrl | undefined
  /** True when nobody named an end and the order got one. */
  readonly isEndGiven?: boolean
}

interface Verdict {
  readonly success: boolean
  readonly error?: JsonObject
  readonly next: string
}

function judge(result: PlaceResult, denials: readonly Denial[], isEndGiven: boolean): Verdict {
  const { intent } = result
  const id = intent?.intentId ?? ''
  switch (result.outcome) {
    case 'accepted':
      return { success: true, next: `${afterAcceptance(result)}${isEndGiven ? sayEnd(result) : ''}` }
    case 'dry_run':
      return denials.length > 0
        ? { success: false, error: denialError(denials), next: denialNext(denials) }
        : { success: true, next: 'Dry run: every check passed, nothing was reserved or sent. No order exists.' }
    case 'denied':
      return denials.length > 0
        ? refusal(denialError(denials), denialNext(denials))
        : refusal(
            errorOf(intent, 'DENIED', 'Our rules said no; nothing was sent'),
            'Change the order, or ask the owner of the limits.',
          )
    case 'rejected':
      return refusal(
        errorOf(intent, 'ERR_VENUE_REJECTED', 'The venue said no; nothing is live'),
        'Read the reason, change the order, then place it as a new one.',
      )
    case 'unknown':
      return refusal(
        {
          code: 'ERR_VENUE_OUTCOME_UNKNOWN',
          message: 'The order was sent and no verdict came back; it may be live.',
        },
        `Do NOT place this order again, not even changed: that could trade twice. Tidegate is finding out by itself. Read get_orders with order_id ${id} until its state is no longer UNKNOWN, then go on.`,
      )
    case 'awaiting_approval':
      return {
        success: false,
        next: `Nothing was sent yet: a person has to approve this order${until(intent)}, at a terminal of their own: tidegate approvals show ${id}. You cannot approve it, and placing it again only asks twice. Read get_orders with order_id ${id} to see the decision.`,
      }
    case 'not_sent':
      return {
        success: false,
        next: `It did not reach the venue and nothing is live; Tidegate tries again by itself. Do not place it again. Read get_orders with order_id ${id} to see what became of it, or cancel it with cancel_order.`,
      }
  }
}

function refusal(error: JsonObject, next: string): Verdict {
  return { success: false, error: { fix: next, ...error }, next }
}

function showIntent(intent: Intent): JsonObject {
  return {
    intent_id: intent.intentId,
    ...(intent.venueOrderId ? { order_id: venueWord(intent.venueOrderId, 128) } : {}),
    client_order_id: intent.key ? untrustedText(intent.key, 128) : intent.clientOrderId,
    state: intent.state,
    status: statusWord(intent.state),
    product_id: venueWord(intent.terms.productId),
    side: intent.terms.side,
    ...('endTimeMs' in intent.terms ? knownTime('end_time', intent.terms.endTimeMs) : {}),
    filled_size: intent.filledSize,
    filled_value: intent.filledValue,
    ...known('average_filled_price', intent.averageFilledPrice),
    total_fees: intent.totalFees,
  }
}

function approvalFields(result: PlaceResult, approvalUrl: ApprovalUrl | undefined): JsonObject {
  if (result.outcome !== 'awaiting_approval') return {}
  const { intentId, termsHash, approvalExpiresAtMs: expires } = result.intent ?? {}
  const url = intentId === undefined ? undefined : approvalUrl?.(intentId)
  return {
    needs_approval: true,
    ...(expires === undefined ? {} : { approval_expires_at: showTime(expires) }),
    ...(termsHash === undefined ? {} : { terms_hash: termsHash }),
    ...(url === undefined ? {} : { approval_url: url }),
  }
}

function afterAcceptance(result: PlaceResult): string {
  const { intent } = result
  const repeat = result.duplicateOf ? `This repeats intent ${result.duplicateOf}; no second order was made. ` : ''
  if (!intent) return `${repeat}Read get_orders for its state.`
  const id = intent.venueOrderId ?? intent.intentId
  if (intent.state === 'FILLED') return `${repeat}Filled; nothing more to do.`
  return isTerminal(intent.state)
    ? `${repeat}It ended as ${intent.state} with ${intent.filledSize} filled; nothing is left at the venue.`
    : `${repeat}Live at the venue as ${statusWord(intent.state)}. Follow it with get_orders order_id ${id}; stop it with cancel_order.`
}

function errorOf(intent: Intent | undefined, code: string, message: string): JsonObject {
  return { code: publicCode(intent?.outcomeCode ?? code), message }
}

function until(intent: Intent | undefined): string {
  return intent?.approvalExpiresAtMs === undefined ? '' : ` before ${showTime(intent.approvalExpiresAtMs)}`
}

function sayEnd({ intent }: PlaceResult): string {
  if (!intent || isTerminal(intent.state) || !('endTimeMs' in intent.terms) || !intent.terms.endTimeMs) return ''
  return ` It ends by itself at ${showTime(intent.terms.endTimeMs)}; name time_in_force GTC or an end_time for another end.`
}
