import { evaluateOrder, serializeSnapshot } from '@tidegate/risk-engine'
import {
  IdempotencyConflictError,
  type Intent,
  InvariantError,
  isTerminal,
  NotReadyError,
  type RecordResult,
} from '@tidegate/trading-model'
import { tripOnDenials } from '../breaker/trip-on-denials.js'
import { requirePermission } from '../check-permission.js'
import type { PlaceRequest, PlaceResult } from '../desk.js'
import { hashTerms, hashWish } from '../hash-terms.js'
import { isImmediate, isLive, timeToLiveMs } from '../lifecycle/order-kind.js'
import type { OrderTracker } from '../lifecycle/order-tracker.js'
import { reportRefused } from '../order-log.js'
import { waitFor } from '../wait-for.js'
import { outcomeOf } from './outcome-of.js'
import { newIds, type Origin, recordWish } from './record-wish.js'
import type { Submitter } from './submitter.js'
import { type SnapshotDeps, takeSnapshot } from './take-snapshot.js'

export interface PlaceDeps extends SnapshotDeps {
  readonly submitter: Submitter
  readonly tracker: OrderTracker
  /** @throws NotReadyError when recovery is not done in time or the desk is closing. */
  readonly whenReady: () => Promise<void>
}

/**
 * The order path: permission, repeat, readiness, snapshot, decision, transaction 1, then approval or submit. A race lost in
 * transaction 1 is decided again on a fresh snapshot, so a refusal always has the same shape.
 *
 * @throws {PermissionError} `ERR_PERMISSION`. {IdempotencyConflictError} `ERR_IDEMPOTENCY_CONFLICT`: the key stands for other terms.
 * @throws {NotReadyError} `ERR_NOT_READY`: still recovering, closing, or the limits would not hold still.
 * @throws {StoreError} The journal failed; nothing was sent.
 */
export async function placeOrder(deps: PlaceDeps, request: PlaceRequest): Promise<PlaceResult> {
  const { context } = deps
  const { clock, journal, settings, metrics } = context
  const begunAtMs = clock.nowMs()
  const { principal, terms, key } = request
  requirePermission(principal, 'place_order', context.adminTrades ?? false)
  const wish: Omit<Origin, 'policyVersion'> = {
    account: context.accountId,
    principal: principal.name,
    ...(key === undefined ? {} : { key }),
    termsHash: hashTerms(terms),
    ...(request.givenTimes ? { wishHash: hashWish(terms, request.givenTimes) } : {}),
  }
  const earlier = await journal.findEarlier({ ...wish, duplicateWindowMs: settings.duplicateWindowMs })
  if (earlier) return answerRepeat(deps, request, earlier)
  await deps.whenReady()

  for (let attempt = 1; attempt <= settings.recordTries; attempt++) {
    const snapshot = await takeSnapshot(deps, principal, terms)
    // Looked up once everything is read: limits that were tightened meanwhile hold for this order, too.
    const policy = context.policyFor(principal.name)
    const origin: Origin = { ...wish, policyVersion: policy.version }
    const decision = evaluateOrder(policy, snapshot, terms)
    if (decision.kind === 'denied') {
      for (const denial of decision.denials) reportRefused(context, 'risk', denial.code)
      if (context.dryRun) return { outcome: 'denied', decision }
      const intent = await journal.recordDenial({
        ...origin,
        ...newIds(context, origin),
        decisionInput: serializeSnapshot(snapshot),
        terms,
        denials: decision.denials,
      })
      context.emit({ type: 'intent', intent })
      await tripOnDenials(context, principal.name, decision.denials)
      context.log.info('order_denied', {
        intent_id: intent.intentId,
        product: terms.productId,
        side: terms.side,
        order_type: terms.orderType,
        agent_id: principal.name,
        codes: decision.denials.map((denial) => denial.code),
      })
      return { outcome: 'denied', intent, decision }
    }
    if (context.dryRun) return { outcome: 'dry_run', decision }

    const recorded = await recordWish(context, origin, snapshot, decision.order)
    if (recorded.kind === 'lost_race') {
      context.log.info('race_lost', { attempt, what: recorded.what, agent_id: principal.name })
      continue
    }
    if (recorded.kind === 'refused') throw new InvariantError(`A new order was refused as if it were a change`)
    if (recorded.kind !== 'recorded') return answerRepeat(deps, request, recorded)
    context.emit({ type: 'intent', intent: recorded.intent })
    const intent = await carryOut(deps, request, recorded.intent, snapshot.nowMs)
    metrics.observe('order_placement_time_ms', clock.nowMs() - begunAtMs, {
      order_type: terms.orderType,
      outcome: outcomeOf(intent),
    })
    return { outcome: outcomeOf(intent), intent, decision }
  }
  throw new NotReadyError(`The limits changed ${settings.recordTries} times while this order was decided`, {
    hint: 'other orders of this account finish at this moment; call again',
  })
}

/** Sends what needs no approval and waits a little for orders that finish at once. */
async function carryOut(deps: PlaceDeps, request: PlaceRequest, intent: Intent, decidedAtMs: number): Promise<Intent> {
  const { context, submitter } = deps
  if (intent.state !== 'RESERVED') return intent
  // From the decision, not from its record: a process that was stopped in between must not send on prices of that time.
  const deadlineMs = decidedAtMs + timeToLiveMs(intent.terms, context.settings)
  const sent = await submitter.submit(intent, deadlineMs)
  return awaitEnd(deps, request, sent)
}

async function awaitEnd({ context, tracker }: PlaceDeps, request: PlaceRequest, intent: Intent): Promise<Intent> {
  if (!isLive(intent) || !isImmediate(intent.terms)) return intent
  const ended = await tracker.finished(intent.intentId, request.waitMs ?? context.settings.waitMs)
  if (ended && isTerminal(ended.state)) return ended
  return (await context.journal.getIntent(intent.intentId)) ?? intent
}

/** The same wish again: the first intent answers, where it stands now. */
async function answerRepeat(
  deps: PlaceDeps,
  request: PlaceRequest,
  earlier: Extract<RecordResult, { kind: 'existing' | 'conflict' }>,
): Promise<PlaceResult> {
  const { context, submitter } = deps
  const { intentId } = earlier.intent
  if (earlier.kind === 'conflict') {
    throw new IdempotencyConflictError(
      `client_order_id ${JSON.stringify(request.key)} was used for another order: intent ${intentId}`,
      { hint: 'use a new client_order_id for a new order' },
    )
  }
  const running = submitter.running(intentId)
  if (running)
    await waitFor(
      running.catch(() => undefined),
      context.settings.waitMs,
      context.timers,
    )
  const stored = (await context.journal.getIntent(intentId)) ?? earlier.intent
  const intent = await awaitEnd(deps, request, stored)
  context.log.info('order_repeated', { intent_id: intentId, by: earlier.kind, agent_id: request.principal.name })
  return { outcome: outcomeOf(intent), intent, duplicateOf: intentId }
}
