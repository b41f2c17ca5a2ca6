import {
  holdsBesideTarget,
  type Intent,
  type IntentEvent,
  InvariantError,
  reduceIntent,
  serializeTerms,
} from '@tidegate/trading-model'
import { adjustReservations, type MovedReservation } from '../limits/adjust-reservations.js'
import { handOverReservations, holdBesideTarget } from '../limits/hold-changes.js'
import { bumpReleaseEpoch } from '../limits/release-epoch.js'
import type { WriteTx } from '../write.js'
import { openChangeOf } from './change-target.js'
import { loadIntent, type StoredIntent, updateIntent } from './store-intent.js'

export interface TransitionOptions {
  readonly actor: string
  readonly ignoreIllegal?: boolean | undefined
  /** More for the audit entry. */
  readonly note?: Readonly<Record<string, unknown>>
}

/**
 * Lets one event happen to a loaded intent: reduce, write, move reservations, audit. News that changes nothing writes nothing.
 *
 * @throws InvariantError when the event cannot meet the state and `ignoreIllegal` is not set.
 */
export async function transition(
  tx: WriteTx,
  before: StoredIntent,
  event: IntentEvent,
  options: TransitionOptions,
): Promise<Intent> {
  const reduction = reduceIntent(before.intent, event, tx.nowMs)
  if (!reduction.ok) {
    if (options.ignoreIllegal) return before.intent
    throw new InvariantError(`Intent ${before.intent.intentId}: ${reduction.reason}`, {
      hint: 'stop taking orders for this account and report this',
      context: { intentId: before.intent.intentId, event: event.type, state: before.intent.state },
    })
  }
  const next = reduction.intent
  if (changesNothing(before.intent, next)) return before.intent
  const row = await updateIntent(tx, next, before)
  const moved = await moveHeld(tx, next, event, reduction.heldFraction)
  const change = await openChangeOf(tx.trx, next.intentId)
  const movedOfChange = change && holdsBesideTarget(change) ? await holdBesideTarget(tx, change, next) : []
  if (moved.length > 0 || movedOfChange.length > 0 || next.filledSize !== before.intent.filledSize)
    await bumpReleaseEpoch(tx)
  await tx.audit({
    actor: options.actor,
    type: `intent.${event.type}`,
    intentId: next.intentId,
    body: {
      from: before.intent.state,
      to: next.state,
      cancel: next.cancel,
      version: next.version,
      event: told(event),
      ...(moved.length > 0 ? { reservations: moved } : {}),
      ...(movedOfChange.length > 0 ? { change: change?.intentId, change_reservations: movedOfChange } : {}),
      ...options.note,
      row,
    },
  })
  return next
}

async function moveHeld(
  tx: WriteTx,
  next: Intent,
  event: IntentEvent,
  heldFraction: string,
): Promise<readonly MovedReservation[]> {
  if (holdsBesideTarget(next) && next.targetIntentId !== undefined) {
    const { intent: target } = await loadIntent(tx.trx, next.targetIntentId)
    return await holdBesideTarget(tx, next, target)
  }
  if (event.type !== 'terms_changed') return await adjustReservations(tx, next, heldFraction)
  const given = await handOverReservations(tx, event.byIntentId, next.intentId, heldFraction)
  return [...given, ...(await adjustReservations(tx, next, heldFraction))]
}

function changesNothing(before: Intent, next: Intent): boolean {
  return Object.entries(next).every(
    ([field, value]) => field === 'version' || field === 'updatedAtMs' || before[field as keyof Intent] === value,
  )
}

/** The event as the audit keeps it: of the venue's order only what the lifecycle reads. */
function told(event: IntentEvent): Readonly<Record<string, unknown>> {
  if (event.type === 'terms_changed') {
    return { type: event.type, by: event.byIntentId, terms: serializeTerms(event.terms), terms_hash: event.termsHash }
  }
  if (event.type !== 'venue_order') return { ...event }
  const { orderId, status, filledSize, filledValue, totalFees, averageFilledPrice } = event.order
  return { type: event.type, orderId, status, filledSize, filledValue, totalFees, averageFilledPrice }
}
