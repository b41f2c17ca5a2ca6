import type { EditResult } from '@tidegate/trading-desk'
import { type Denial, type Environment, formatDecimal, type Intent, type OrderTerms } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { publicCode } from '../public-code.js'
import { showPrices, statusWord } from '../shared/show-order.js'
import { showTime } from '../shared/show-values.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import { denialError, denialNext, showDenial, showEstimate } from './show-decision.js'

/**
 * Structured content of a change. `success` is true only when the venue took it, or when a dry run passed every check. A replacement
 * that waits for the end of the old order is no success yet, and says so.
 */
export function showEdit(result: EditResult, env: Environment): JsonObject {
  const { intent, decision, target } = result
  const denials = result.denials.length > 0 ? result.denials : decision?.kind === 'denied' ? decision.denials : []
  const verdict = judge(result, denials)
  return {
    success: verdict.error === undefined && (result.outcome === 'accepted' || result.outcome === 'dry_run'),
    outcome: result.outcome,
    how: result.how,
    keeps_place: result.keepsPlace,
    ...(intent ? showChange(intent, result) : {}),
    ...(target
      ? { target_intent_id: target.intentId, target_state: target.state, filled_size: target.filledSize }
      : {}),
    ...(result.outcome === 'dry_run' ? { dry_run: true } : {}),
    ...(result.duplicateOf ? { duplicate_of: result.duplicateOf } : {}),
    denials: denials.map(showDenial),
    ...(verdict.error ? { error: { fix: verdict.next, ...verdict.error } } : {}),
    ...(decision?.estimate ? { estimate: showEstimate(decision.estimate) } : {}),
    ...approvalFields(result),
    env,
    next: verdict.next,
    ...(intent?.outcomeReason ? { untrusted_venue_text: { reason: untrustedText(intent.outcomeReason) } } : {}),
  }
}

interface Verdict {
  readonly error?: JsonObject
  readonly next: string
}

function judge(result: EditResult, denials: readonly Denial[]): Verdict {
  const { intent } = result
  const id = intent?.intentId ?? ''
  switch (result.outcome) {
    case 'accepted':
      return { next: afterAcceptance(result) }
    case 'dry_run':
      return { next: 'Dry run: every check passed, nothing was reserved or sent. The order is as it was.' }
    case 'denied':
      return denials.length > 0
        ? { error: denialError(denials), next: denialNext(denials) }
        : {
            error: errorOf(intent, 'DENIED', 'Our rules or a person said no; nothing was sent'),
            next: 'The order is as it was.',
          }
    case 'rejected':
      return {
        error: errorOf(intent, 'ERR_VENUE_REJECTED', 'The venue did not make the change'),
        next:
          result.how === 'edit'
            ? 'The order keeps its terms. Read it with get_orders before you ask for another change.'
            : 'The old order is gone and the new one was refused: nothing is live. Place a new order if it is still wanted.',
      }
    case 'unknown':
      return {
        error: {
          code: 'ERR_VENUE_OUTCOME_UNKNOWN',
          message: 'The change was sent and no verdict came back; the order may have either terms.',
        },
        next: `Do NOT ask for this change again, nor for another of this order: Tidegate is finding out by itself. Read get_orders with order_id ${id} until its state is no longer UNKNOWN.`,
      }
    case 'awaiting_approval':
      return {
        next: `Nothing was sent yet: a person has to approve this change, and the order is as it was. Read get_orders with order_id ${id} to see the decision.`,
      }
    case 'not_sent':
      return intent?.state === 'RESERVED'
        ? {
            next: `The new order is not placed yet: the old one is being cancelled first. Do not place it yourself. Read get_orders with order_id ${id}.`,
          }
        : { error: errorOf(intent, 'ERR_VENUE_NOT_SENT', 'The change was given up'), next: afterGivingUp(result) }
  }
}

function afterAcceptance({ how, keepsPlace, intent, target, duplicateOf }: EditResult): string {
  const repeat = duplicateOf ? `This repeats intent ${duplicateOf}; nothing was changed twice. ` : ''
  if (how === 'replace') {
    return `${repeat}The old order is ${target?.state ?? 'gone'} and a new one took its place, at the end of the queue. Follow it with get_orders order_id ${intent?.venueOrderId ?? intent?.intentId ?? ''}.`
  }
  const place = keepsPlace ? 'It keeps its place in the queue.' : 'It lost its place in the queue.'
  return intent?.state === 'APPLIED'
    ? `${repeat}The order has the new terms. ${place}`
    : `${repeat}The venue took the change and does not show it yet; a fill may overtake it. Read get_orders with order_id ${intent?.intentId ?? ''}.`
}

function afterGivingUp({ how, intent, target }: EditResult): string {
  if (how === 'edit') return 'The order keeps its terms; nothing was changed.'
  const old = target ? `The old order is ${target.state}` : 'The old order may be gone'
  return `${old}, and ${intent?.state === 'ABANDONED' ? 'no new one was placed' : 'the new one is not live'}: read get_orders, then place a new order if it is still wanted.`
}

function showChange(intent: Intent, { how, target }: EditResult): JsonObject {
  const orderId = how === 'edit' ? target?.venueOrderId : intent.venueOrderId
  return {
    intent_id: intent.intentId,
    ...(orderId ? { order_id: venueWord(orderId, 128) } : {}),
    state: intent.state,
    status: statusWord(intent.state),
    ...showTerms(intent.terms),
  }
}

function showTerms(terms: OrderTerms): JsonObject {
  return {
    product_id: venueWord(terms.productId),
    side: terms.side,
    ...(terms.size.kind === 'base' ? { size: formatDecimal(terms.size.baseSize) } : {}),
    ...showPrices(terms),
  }
}

function approvalFields({ outcome, intent }: EditResult): JsonObject {
  if (outcome !== 'awaiting_approval') return {}
  const expires = intent?.approvalExpiresAtMs
  return { needs_approval: true, ...(expires === undefined ? {} : { approval_expires_at: showTime(expires) }) }
}

function errorOf(intent: Intent | undefined, code: string, message: string): JsonObject {
  return { code: publicCode(intent?.outcomeCode ?? code), message }
}
