import { type RiskDecision, serializeSnapshot } from '@tidegate/risk-engine'
import {
  type Denial,
  IdempotencyConflictError,
  type Intent,
  isTerminal,
  NotReadyError,
  type OrderTerms,
  PermissionError,
  type RecordResult,
} from '@tidegate/trading-model'
import { tripOnDenials } from '../breaker/trip-on-denials.js'
import { requirePermission } from '../check-permission.js'
import { describeError } from '../context.js'
import type { EditRequest, EditResult } from '../desk.js'
import { findIntent } from '../find-intent.js'
import { hashTerms } from '../hash-terms.js'
import { compareOrder } from '../lifecycle/compare-order.js'
import { isLive, timeToLiveMs } from '../lifecycle/order-kind.js'
import type { OrderTracker } from '../lifecycle/order-tracker.js'
import { reportRefused } from '../order-log.js'
import type { EditResolver } from '../reconcile/resolve-edits.js'
import { waitFor } from '../wait-for.js'
import { decideChange } from './decide-change.js'
import { type ChangeKind, changeKindFor, completeTerms, hashChange } from './edit-terms.js'
import { outcomeOf } from './outcome-of.js'
import { newIds, type Origin, recordWish } from './record-wish.js'
import type { Replacer } from './replace.js'
import type { Submitter } from './submitter.js'
import type { SnapshotDeps } from './take-snapshot.js'

export interface EditOrderDeps extends SnapshotDeps {
  readonly submitter: Submitter
  readonly replacer: Replacer
  readonly edits: EditResolver
  readonly tracker: OrderTracker
  /** @throws NotReadyError when recovery is not done in time or the desk is closing. */
  readonly whenReady: () => Promise<void>
}

/** One change on its way through the pipeline. */
interface Change {
  readonly kind: ChangeKind
  readonly request: EditRequest
  readonly targetIntentId: string
}

/**
 * Changes an order: in place where the venue can do that, else by cancelling it and placing a new one. The answer says which. The path
 * is that of an order: permission, repeat, readiness, decision, transaction 1, then approval or one request.
 *
 * What was not named keeps the order's own value as the venue shows it now; price and size are always both sent.
 *
 * @throws {PermissionError} `ERR_PERMISSION`: the role, or somebody else's order.
 * @throws {IdempotencyConflictError} `ERR_IDEMPOTENCY_CONFLICT`: the key stands for another wish.
 * @throws {NotReadyError} `ERR_NOT_READY`: still recovering, closing, or the order cannot be read at the venue now.
 * @throws {StoreError} The journal failed; nothing was sent.
 */
export async function editOrder(deps: EditOrderDeps, request: EditRequest): Promise<EditResult> {
  const { context } = deps
  const { journal, settings } = context
  const { principal, id, key } = request
  requirePermission(principal, 'place_order', context.adminTrades ?? false)
  const found = await findTarget(deps, request)
  if (!found) return { outcome: 'denied', how: request.how ?? 'edit', keepsPlace: false, denials: [notFound(id)] }
  const kind = request.how ?? changeKindFor(found.terms)
  const change: Change = { kind, request, targetIntentId: found.intentId }
  const wishHash = hashChange(kind, found.intentId, request)
  const earlier = await journal.findEarlier({
    principal: principal.name,
    ...(key === undefined ? {} : { key }),
    termsHash: wishHash,
    duplicateWindowMs: settings.duplicateWindowMs,
    change: { kind, targetIntentId: found.intentId, wishHash },
  })
  if (earlier) return answerRepeat(deps, change, earlier)
  await deps.whenReady()
  await readTarget(deps, found)

  for (let attempt = 1; attempt <= settings.recordTries; attempt++) {
    const result = await tryOnce(deps, change, wishHash)
    if (result) return result
  }
  throw new NotReadyError(`The limits changed ${settings.recordTries} times while this change was decided`, {
    hint: 'other orders of this account finish at this moment; call again',
  })
}

/** The order behind the id; of an edit, the order that it is about. */
async function findTarget({ context }: EditOrderDeps, { principal, id }: EditRequest): Promise<Intent | undefined> {
  const found = await findIntent(context, id, principal)
  const target =
    found?.kind === 'edit' && found.targetIntentId !== undefined
      ? await context.journal.getIntent(found.targetIntentId)
      : found
  if (target && target.principal !== 'external' && target.principal !== principal.name) {
    throw new PermissionError(`This order is ${target.principal}'s; only who placed it may change it`, {
      hint: 'it can be cancelled',
    })
  }
  return target
}

/** Reads the order at the venue, so that what is not named is completed from what it is now. */
async function readTarget({ context, books, tracker }: EditOrderDeps, known: Intent): Promise<void> {
  if (!isLive(known) || known.venueOrderId === undefined) return
  tracker.follow(known)
  await tracker.refresh(known.intentId, context.settings.refreshWaitMs)
  const intent = (await context.journal.getIntent(known.intentId)) ?? known
  if (!isLive(intent)) return
  let problem: string
  try {
    const order = await context.venue.getOrder(known.venueOrderId)
    const difference = order ? compareOrder(intent, order, books) : 'the venue does not show it'
    if (difference === undefined || intent.principal === 'external') return
    problem = difference
  } catch (error) {
    problem = describeError(error)
  }
  throw new NotReadyError(`The order cannot be read at the venue now, so it is not changed: ${problem}`, {
    hint: 'call again in a moment',
  })
}

/** One decision on fresh data; `undefined` when a race was lost and it has to be decided again. */
async function tryOnce(deps: EditOrderDeps, change: Change, wishHash: string): Promise<EditResult | undefined> {
  const { context } = deps
  const { request, kind, targetIntentId } = change
  const target = await context.journal.getIntent(targetIntentId)
  if (!target) return { outcome: 'denied', how: kind, keepsPlace: false, denials: [notFound(request.id)] }
  const completed = completeTerms(target, request, kind)
  const origin: Origin = {
    account: context.accountId,
    principal: request.principal.name,
    ...(request.key === undefined ? {} : { key: request.key }),
    termsHash: hashTerms(completed.terms),
    policyVersion: context.policyFor(request.principal.name).version,
    change: { kind, targetIntentId, wishHash },
  }
  if (!completed.ok) return deny(deps, change, origin, completed.terms, [completed.denial], '{}')
  const decided = await decideChange(deps, {
    kind,
    principal: request.principal.name,
    terms: completed.terms,
    targetIntentId,
  })
  const { snapshot, decision } = decided
  // The terms were completed from an order that has moved since: complete them again.
  if (decided.target.filledSize !== target.filledSize || decided.target.termsHash !== target.termsHash) return undefined
  if (decision.kind === 'denied') {
    return deny(deps, change, origin, completed.terms, decision.denials, serializeSnapshot(snapshot), decision)
  }
  const { keepsPlace } = completed
  if (context.dryRun) return { outcome: 'dry_run', how: kind, keepsPlace, denials: [], decision, target }
  const recorded = await recordWish(context, origin, snapshot, decision.order)
  switch (recorded.kind) {
    case 'lost_race':
      context.log.info('race_lost', { what: recorded.what, agent_id: request.principal.name })
      return undefined
    case 'refused':
      return deny(deps, change, origin, completed.terms, [refusalOf(recorded)], serializeSnapshot(snapshot))
    case 'existing':
    case 'conflict':
      return answerRepeat(deps, change, recorded)
    case 'recorded': {
      context.emit({ type: 'intent', intent: recorded.intent })
      context.log.info('change_recorded', { intent_id: recorded.intent.intentId, how: kind, target: targetIntentId })
      const intent = await carryOut(deps, recorded.intent, request, snapshot.nowMs)
      return { ...(await resultOf(deps, change, intent)), keepsPlace, decision }
    }
  }
}

async function carryOut(
  deps: EditOrderDeps,
  intent: Intent,
  request: EditRequest,
  decidedAtMs: number,
): Promise<Intent> {
  const { context, submitter, replacer, edits } = deps
  const { settings, timers, journal } = context
  const waitMs = request.waitMs ?? settings.waitMs
  if (intent.state !== 'RESERVED') return intent
  if (intent.kind === 'replace') {
    const work = replacer.run(intent)
    return (
      (await waitFor(work, waitMs + settings.cancelWaitMs, timers)) ??
      (await journal.getIntent(intent.intentId)) ??
      intent
    )
  }
  const sent = await submitter.submit(intent, decidedAtMs + timeToLiveMs(intent.terms, settings))
  if (isTerminal(sent.state) || sent.state === 'RESERVED') return sent
  return (await edits.settled(intent.intentId, waitMs)) ?? sent
}

async function deny(
  { context }: EditOrderDeps,
  { kind, targetIntentId }: Change,
  origin: Origin,
  terms: OrderTerms,
  denials: readonly Denial[],
  decisionInput: string,
  decision?: RiskDecision,
): Promise<EditResult> {
  for (const denial of denials) reportRefused(context, 'risk', denial.code)
  const target = await context.journal.getIntent(targetIntentId)
  const refused = {
    outcome: 'denied' as const,
    how: kind,
    keepsPlace: false,
    denials,
    ...(decision ? { decision } : {}),
    ...(target ? { target } : {}),
  }
  if (context.dryRun) return refused
  const ids = newIds(context, origin)
  const intent = await context.journal.recordDenial({ ...origin, ...ids, decisionInput, terms, denials })
  context.emit({ type: 'intent', intent })
  await tripOnDenials(context, origin.principal, denials)
  context.log.info('change_denied', {
    intent_id: intent.intentId,
    target: targetIntentId,
    how: kind,
    agent_id: origin.principal,
    codes: denials.map((denial) => denial.code),
  })
  return { ...refused, intent }
}

/** The same wish again: the first intent answers, where it stands now. */
async function answerRepeat(
  deps: EditOrderDeps,
  change: Change,
  earlier: Extract<RecordResult, { kind: 'existing' | 'conflict' }>,
): Promise<EditResult> {
  const { context, submitter, replacer } = deps
  const { intentId } = earlier.intent
  if (earlier.kind === 'conflict') {
    throw new IdempotencyConflictError(
      `client_order_id ${JSON.stringify(change.request.key)} was used for another wish: intent ${intentId}`,
      { hint: 'use a new client_order_id for a new change' },
    )
  }
  const running = submitter.running(intentId) ?? replacer.running(intentId)
  if (running)
    await waitFor(
      running.catch(() => undefined),
      context.settings.waitMs,
      context.timers,
    )
  const intent = (await context.journal.getIntent(intentId)) ?? earlier.intent
  context.log.info('change_repeated', { intent_id: intentId, agent_id: change.request.principal.name })
  return { ...(await resultOf(deps, change, intent)), duplicateOf: intentId }
}

async function resultOf(
  { context }: EditOrderDeps,
  { kind, targetIntentId }: Change,
  intent: Intent,
): Promise<EditResult> {
  const target = await context.journal.getIntent(targetIntentId)
  return {
    outcome: outcomeOf(intent),
    how: kind,
    keepsPlace: false,
    denials: [],
    intent,
    ...(target ? { target } : {}),
  }
}

function refusalOf({ why, intent }: Extract<RecordResult, { kind: 'refused' }>): Denial {
  const figures = { limit: 'one at a time', actual: intent.state, unit: 'state' }
  return why === 'target_busy'
    ? {
        code: 'EDIT_IN_PROGRESS',
        ...figures,
        message: `Another change of this order is under way: intent ${intent.intentId} is ${intent.state}.`,
        cure: 'wait until it is settled, then ask again',
      }
    : {
        code: 'ORDER_NOT_OPEN',
        ...figures,
        limit: 'open',
        message: `The order is ${intent.state} and cannot be changed.`,
      }
}

function notFound(id: string): Denial {
  return {
    code: 'ORDER_NOT_FOUND',
    limit: 'a known order',
    actual: 'none',
    unit: 'state',
    message: `There is no order ${JSON.stringify(id.slice(0, 128))} here.`,
    cure: 'list orders and use an order_id from there',
  }
}
