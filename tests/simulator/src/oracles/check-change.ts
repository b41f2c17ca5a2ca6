import { type Intent, type OrderTerms, serializeTerms } from '@tidegate/trading-model'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** How far our idea of the venue's time may have been off when the deadline was set. */
const clockLeewayMs = 15_000

/** An edit that the exchange made. */
export interface Rework {
  readonly orderId: string
  readonly terms: string
  readonly atMs: number
}

/**
 * The exchange changes an order: an edit must have asked for exactly these terms (I5), be durably under way (I2), not be given up for
 * good (I4), and no copy of it may outlive its token (I9).
 *
 * An edit has no id at the venue, so a copy that a proxy held back changes the order once more, or changes it after the first copy was
 * refused: nobody can forbid that. It is allowed while its token lives, and has to be seen: {@link checkShown}.
 */
export function checkRework(bench: Bench, rework: Rework): void {
  const { blame, shadow, world, tokenLifetimeMs, refusals } = bench
  const target = shadow.byVenueOrderId(rework.orderId)
  const edits = target ? editsOf(shadow.changesOf(target.intent.intentId), rework.terms) : []
  const edit = edits.findLast(({ intent }) => isUnderWay(intent)) ?? edits.at(-1)
  if (!edit) {
    if (bench.editedOutside.has(rework.orderId)) return
    blame('I5', `order ${rework.orderId} has ${rework.terms} now, and no edit asked for that`)
    return
  }
  const { intent } = edit
  const lastMs = (intent.signByMs ?? 0) + tokenLifetimeMs + clockLeewayMs
  if (edit.tickets === 0) blame('I2', `edit ${intent.intentId} was made while it is ${intent.state}`)
  else if (intent.state === 'NEVER_ACCEPTED')
    blame('I4', `edit ${intent.intentId} was made though it is NEVER_ACCEPTED`)
  else if (intent.state === 'REJECTED' && !refusals.hasRefusedEdit(rework.orderId))
    blame('I4', `edit ${intent.intentId} was made though it is REJECTED, and the exchange has refused none`)
  else if (world.nowMs() > lastMs)
    blame('I9', `edit ${intent.intentId} was made ${world.nowMs() - lastMs} ms after any of its tokens could live`)
}

/** An edit is recorded as made: the exchange has made it by then (I4). */
export function checkMade({ blame, shadow }: Bench, { intent }: ShadowIntent, reworks: readonly Rework[]): void {
  if (intent.kind !== 'edit' || intent.state !== 'APPLIED') return
  const target = shadow.intents.get(intent.targetIntentId ?? '')?.intent
  const terms = serializeTerms(intent.terms)
  if (!reworks.some((rework) => rework.orderId === target?.venueOrderId && rework.terms === terms))
    blame('I4', `edit ${intent.intentId} is APPLIED, and the exchange has not made it`)
}

/** At the end an order has the terms that its intent says it has, whatever copies of edits came when, or a person looks at it (I5). */
export function checkShown({ blame }: Bench, intent: Intent, terms: OrderTerms): void {
  const shown = serializeTerms(terms)
  const said = serializeTerms(intent.terms)
  if (shown !== said) blame('I5', `intent ${intent.intentId} says ${said}, its order has ${shown}`)
}

/** The exchange takes a replacement: its predecessor must be over and have filled no more than was known (I3). */
export function checkReplacement({ blame, shadow, exchange }: Bench, { intent }: ShadowIntent): void {
  const target = shadow.intents.get(intent.targetIntentId ?? '')?.intent
  const old = target?.venueOrderId === undefined ? undefined : exchange.engine.state.orders.get(target.venueOrderId)
  if (!target || !old) {
    blame('I2', `replacement ${intent.intentId} was taken, and there is nothing that it replaces`)
    return
  }
  if (exchange.engine.state.live.has(old.orderId))
    blame('I3', `replacement ${intent.intentId} was taken while order ${old.orderId} is ${old.status}: both are live`)
  if (!old.filledSize.eq(intent.targetFilledSize ?? '0'))
    blame(
      'I3',
      `replacement ${intent.intentId} counts on ${intent.targetFilledSize} filled, ${old.filledSize.toFixed()} was`,
    )
}

function editsOf(changes: readonly ShadowIntent[], terms: string): readonly ShadowIntent[] {
  return changes.filter(({ first }) => first.kind === 'edit' && serializeTerms(first.terms) === terms)
}

function isUnderWay({ state }: Intent): boolean {
  return state === 'SUBMITTING' || state === 'UNKNOWN' || state === 'ACKED' || state === 'QUARANTINED'
}
