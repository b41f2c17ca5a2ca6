import type { Log, Principal, Timers } from '@tidegate/trading-model'
import type { JsonObject, SurfaceBackend, ToolOutcome } from '../backend.js'
import { untrustedText } from '../shared/untrusted-text.js'

/** How long the answer to a placement waits for a person who declines; a later decline still withdraws the order. */
const WAIT_MS = 4_000

/** Terms as they were parsed before the order was recorded. */
const SHOWN = ['order_type', 'size', 'quote_size', 'limit_price', 'stop_price'] as const

export interface OfferDeclineOptions {
  readonly backend: SurfaceBackend
  readonly principal: Principal
  /** Shows a message to the person at the host; what the host says they did. */
  readonly elicit: (message: string) => Promise<'accept' | 'decline' | 'cancel'>
  /** Without timers nobody waits for the person. */
  readonly timers?: Timers
  readonly log: Log
}

/**
 * Shows an order that waits for approval to the person at the keyboard, who may decline it: then it is withdrawn.
 *
 * > [!WARNING]
 * > Hosts answer by themselves. So "accept" means nothing here, and neither does a dismissal, a late answer, none, or a fault: the order
 * > goes on waiting for its approver.
 */
export async function offerDecline(
  placed: ToolOutcome,
  args: JsonObject,
  options: OfferDeclineOptions,
): Promise<ToolOutcome> {
  const { backend, principal, elicit, timers, log } = options
  const { outcome, intent_id: intentId } = placed.structured
  if (outcome !== 'awaiting_approval' || typeof intentId !== 'string') return placed
  const answered = withdrawWhenDeclined(intentId).catch((error: unknown) => {
    log.debug('decline_not_asked', { error })
    return false
  })
  const isWithdrawn = timers !== undefined && (await Promise.race([answered, timers.sleep(WAIT_MS).then(() => false)]))
  return isWithdrawn ? { isError: false, structured: withdrawn(placed.structured) } : placed

  async function withdrawWhenDeclined(orderId: string): Promise<boolean> {
    if ((await elicit(describe(placed.structured, args))) !== 'decline') return false
    const { structured } = await backend.callTool(principal, 'cancel_order', { order_id: orderId })
    log.info('order_declined', { intent_id: orderId, withdrawn: structured['outcome'] === 'cancelled' })
    return structured['outcome'] === 'cancelled'
  }
}

function describe(placed: JsonObject, args: JsonObject): string {
  const word = (value: unknown): string => untrustedText(String(value), 40)
  const terms = SHOWN.flatMap((key) => (typeof args[key] === 'string' ? [`${key} ${word(args[key])}`] : []))
  const estimate = placed['estimate'] as JsonObject | undefined
  const worth = estimate?.['notional_usd']
  return [
    `${word(placed['side'])} ${word(placed['product_id'])} (${word(placed['env'])}): ${terms.join(', ')}`,
    ...(typeof worth === 'string' ? [`About ${word(worth)} USD.`] : []),
    `It waits for its approver${typeof placed['approval_expires_at'] === 'string' ? ` until ${placed['approval_expires_at']}` : ''}.`,
    'Decline withdraws it. Anything else changes nothing: it is approved elsewhere, with tidegate approvals.',
  ].join('\n')
}

function withdrawn(placed: JsonObject): JsonObject {
  const { needs_approval: _, approval_expires_at: __, ...rest } = placed
  const next = 'The person at the keyboard declined this order; nothing was sent. Ask them before you place another.'
  return {
    ...rest,
    outcome: 'denied',
    state: 'CANCELLED',
    status: 'CANCELLED',
    error: { code: 'APPROVAL_DENIED', message: 'Declined at the keyboard, and withdrawn', fix: next },
    next,
  }
}
