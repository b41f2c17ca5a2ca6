import { BaseError, type CancelResult, type Intent, type IntentEvent, isTerminal } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'
import { orderFields } from '../order-log.js'
import { spoolCancel } from './spool-cancel.js'

/** Most ids one cancel request carries. */
export const MAX_CANCELS = 100

/**
 * Asks the venue to cancel, in chunks. Repeats are safe, so a request that surely was not sent is tried again at once; everything
 * else that goes wrong is `unknown` and asked again later.
 *
 * - Wire: `POST /api/v3/brokerage/orders/batch_cancel`
 *
 * @returns One result per id; never throws.
 */
export async function cancelAtVenue(
  context: DeskContext,
  orderIds: readonly string[],
): Promise<readonly CancelResult[]> {
  const results: CancelResult[] = []
  for (let start = 0; start < orderIds.length; start += MAX_CANCELS) {
    results.push(...(await cancelChunk(context, orderIds.slice(start, start + MAX_CANCELS))))
  }
  return results
}

async function cancelChunk(context: DeskContext, orderIds: readonly string[]): Promise<readonly CancelResult[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await context.venue.cancel(orderIds)
    } catch (error) {
      const notApplied = BaseError.isInstance(error) && (error as { outcome?: string }).outcome === 'not-applied'
      const delay = context.settings.retryDelaysMs[attempt]
      context.log.warn('cancel_failed', { orders: orderIds.length, attempt, error: describeError(error) })
      if (!notApplied || delay === undefined) {
        return orderIds.map((orderId) => ({ orderId, outcome: 'unknown', reason: describeError(error) }))
      }
      await context.timers.sleep(delay)
    }
  }
}

/**
 * Records what the venue said to a cancel. The journal is asked to keep it, but a store that fails never stands in a cancel's way.
 *
 * @returns The intent afterwards, as far as the store could tell.
 */
export async function recordCancel(context: DeskContext, intent: Intent, result: CancelResult): Promise<Intent> {
  try {
    return await context.apply(intent.intentId, cancelEventOf(result), DESK_ACTOR, { ignoreIllegal: true })
  } catch (error) {
    context.log.error('cancel_not_recorded', { ...orderFields(intent), error: describeError(error) })
    spoolCancel(context, {
      by: DESK_ACTOR,
      what: result.outcome,
      orderId: result.orderId,
      intentId: intent.intentId,
      ...(result.reason === undefined ? {} : { reason: result.reason }),
    })
    return intent
  }
}

/** Flags the wish to cancel, before anything is sent. */
export async function requestCancel(context: DeskContext, intent: Intent, by: string): Promise<Intent> {
  try {
    return await context.apply(intent.intentId, { type: 'cancel_requested', by }, by, { ignoreIllegal: true })
  } catch (error) {
    context.log.error('cancel_not_recorded', { ...orderFields(intent), error: describeError(error) })
    const { intentId, venueOrderId } = intent
    const order = venueOrderId === undefined ? {} : { orderId: venueOrderId }
    spoolCancel(context, { by, what: 'requested', intentId, ...order })
    return intent
  }
}

/** Sends the cancel of an order that was asked for while it could not be sent. */
export async function sendOwedCancel(context: DeskContext, intent: Intent): Promise<Intent> {
  if (intent.venueOrderId === undefined || isTerminal(intent.state)) return intent
  const [result] = await cancelAtVenue(context, [intent.venueOrderId])
  return result ? recordCancel(context, intent, result) : intent
}

/** True when somebody wants the order gone and the venue is not known to have heard of it. */
export function owesCancel(intent: Intent): boolean {
  return intent.cancel === 'requested' || intent.cancel === 'unknown'
}

/**
 * Cancels an order of which the journal cannot be asked, by the venue's id alone: the wish and the answer go to the spool.
 *
 * @returns One result per id; never throws.
 */
export async function cancelUnrecorded(
  context: DeskContext,
  by: string,
  orderIds: readonly string[],
): Promise<readonly CancelResult[]> {
  for (const orderId of orderIds) spoolCancel(context, { by, what: 'requested', orderId })
  const results = await cancelAtVenue(context, orderIds)
  for (const { orderId, outcome, reason } of results) {
    spoolCancel(context, { by: DESK_ACTOR, what: outcome, orderId, ...(reason === undefined ? {} : { reason }) })
  }
  return results
}

/** What a venue's answer to a cancel means for the intent. */
export function cancelEventOf(result: CancelResult): IntentEvent {
  const reason = result.reason ?? ''
  switch (result.outcome) {
    case 'accepted':
      return { type: 'cancel_sent' }
    case 'refused':
      return reason === 'DUPLICATE_CANCEL_REQUEST' ? { type: 'cancel_sent' } : { type: 'cancel_refused', reason }
    case 'unknown':
      return { type: 'cancel_unknown', reason }
  }
}
