import { type Intent, type IntentState, isTerminal, reduceIntent, serializeTerms } from '@tidegate/trading-model'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** What is said to be no order at the venue. */
export const NEVER_AT_VENUE: ReadonlySet<IntentState> = new Set<IntentState>([
  'DENIED',
  'APPROVAL_DENIED',
  'APPROVAL_EXPIRED',
  'ABANDONED',
  'REJECTED',
  'NEVER_ACCEPTED',
])

/** After every change of an intent: no "never" about an order that exists (I4), no terms changed, the reducer would say the same (I16). */
export function checkStates(bench: Bench, entry: ShadowIntent): void {
  const { blame } = bench
  const { intent, first } = entry
  const order = bench.orderOf(intent.clientOrderId)
  const isLateCopy = intent.state === 'REJECTED' && bench.surfaced.allows(intent)
  if (order && NEVER_AT_VENUE.has(intent.state) && intent.state !== 'DENIED' && !isLateCopy) {
    blame(
      'I4',
      `intent ${intent.intentId} is ${intent.state} (${intent.outcomeReason ?? ''}), but the venue has order ${order.orderId}`,
    )
  }
  const changed = entry.events.findLast(
    ({ event }) => event.type === 'terms_changed' || event.type === 'disowned',
  )?.event
  const termsHash = changed && 'termsHash' in changed ? changed.termsHash : first.termsHash
  if (intent.termsHash !== termsHash || intent.clientOrderId !== first.clientOrderId) {
    blame('I5', `intent ${intent.intentId} has changed its terms or its id at the venue`)
  }
  const last = entry.events.at(-1)
  const mayComeBack = last?.from === 'NEVER_ACCEPTED' || (last?.from === 'REJECTED' && bench.surfaced.allows(intent))
  if (last && isTerminal(last.from) && !isTerminal(intent.state) && !mayComeBack) {
    blame('I16', `intent ${intent.intentId} came back from ${last.from} to ${intent.state}`)
  }
}

/** The whole life again from its first record and its events: the pure reducer must end where the store did (I16). */
export function checkReplay({ blame }: Bench, entry: ShadowIntent): void {
  let intent = entry.first
  for (const { event, atMs } of entry.events) {
    const step = reduceIntent(intent, event, atMs)
    if (!step.ok) {
      blame('I16', `replay of intent ${intent.intentId} refuses ${event.type}: ${step.reason}`)
      return
    }
    intent = step.intent
  }
  const told = JSON.stringify(sorted(intent))
  const stored = JSON.stringify(sorted(entry.intent))
  if (told !== stored) blame('I16', `replay of intent ${intent.intentId} gives ${told}, the store has ${stored}`)
}

/** Terms as their one text: a store may keep their fields in another order. */
function sorted(intent: Intent): object {
  return Object.fromEntries(
    Object.entries({ ...intent, terms: serializeTerms(intent.terms) })
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
