import type { Intent, IntentState, OrderTerms, VenueOrder } from '@tidegate/trading-model'
import type { DeskSettings } from '../settings.js'

/** Orders that the venue finishes at once: worth a short wait for the answer. */
export function isImmediate(terms: OrderTerms): boolean {
  return terms.timeInForce === 'IOC' || terms.timeInForce === 'FOK'
}

/** How long after it was wanted an order may still be sent, ms. */
export function timeToLiveMs(terms: OrderTerms, settings: DeskSettings): number {
  return isImmediate(terms) ? settings.marketTtlMs : settings.limitTtlMs
}

/** The venue has it and may still fill it. */
export const LIVE_STATES: readonly IntentState[] = ['ACKED', 'OPEN']
/** Nothing was sent yet. */
export const UNSENT_STATES: readonly IntentState[] = ['AWAITING_APPROVAL', 'RESERVED']
/** Sent, and not known to be taken. */
export const DOUBTFUL_STATES: readonly IntentState[] = ['SUBMITTING', 'UNKNOWN']
/** Everything that may still become, be or change an order. */
export const OPEN_STATES: readonly IntentState[] = [...UNSENT_STATES, ...DOUBTFUL_STATES, 'QUARANTINED', ...LIVE_STATES]

/** True while the venue may still change the order. */
export function isLive(intent: Intent): boolean {
  return LIVE_STATES.includes(intent.state)
}

const ended: ReadonlySet<string> = new Set(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])

/** True when the venue says the order is over. A word we do not know counts as live. */
export function hasEnded(order: VenueOrder): boolean {
  return ended.has(order.status)
}
