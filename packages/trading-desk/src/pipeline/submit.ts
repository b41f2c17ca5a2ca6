import { type EditAck, type Intent, isTerminal, type SubmitTicket, type VenueAck } from '@tidegate/trading-model'
import { sayHeld } from '../breaker/held-modes.js'
import { tripAtRejects } from '../breaker/trip-at-rejects.js'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'
import { compareAck } from '../lifecycle/compare-order.js'
import { quarantine } from '../lifecycle/quarantine.js'
import { orderFields, reportPlaced, reportRefused } from '../order-log.js'
import type { SameBook } from '../same-book.js'
import { waitFor } from '../wait-for.js'
import { classifySubmitError, type SubmitFailure } from './classify-submit-error.js'
import { recordOutcome } from './record-outcome.js'
import { settleEditAck } from './submit-edit.js'

export interface SubmitDeps {
  readonly context: DeskContext
  readonly books: SameBook
  /** Called with an intent that the venue has: follow it, and cancel it when that was asked for meanwhile. */
  readonly onLive: (intent: Intent) => void
  /** Called with an intent whose fate is open, an edit that was taken among them: reconciliation takes over. */
  readonly onDoubt: (intent: Intent) => void
}

/** How one pass through transactions 2 and 3 ended. */
export interface SubmitPass {
  readonly intent: Intent
  /** Worth passing transaction 2 again: surely not sent, and it may work. */
  readonly again?: { readonly reason: string; readonly waitMs: number }
}

type Answer = { readonly ack: VenueAck } | { readonly editAck: EditAck } | { readonly error: unknown }

/**
 * Transaction 2, one request, transaction 3. After transaction 2 nothing takes the request back: an answer that comes late is still
 * used, and no answer means unknown, never resent.
 *
 * - Wire: `POST /api/v3/brokerage/orders` or, for an edit, `…/orders/edit`, once.
 *
 * @throws {StoreError} Only when transaction 2 could not be shown to have happened or not; nothing was sent then.
 */
export async function submitOnce(deps: SubmitDeps, intent: Intent): Promise<SubmitPass> {
  const { context } = deps
  const { settings } = context
  const begun = await begin(deps, intent)
  if (begun.kind === 'stopped') return { intent: begun.intent }

  const answer = ask(context, intent, begun.ticket)
  const inTime = await waitFor(answer, settings.submitTimeoutMs, context.timers)
  if (inTime) return settle(deps, begun.intent, inTime)

  context.background(
    'late_answer_failed',
    answer.then(async (late) => {
      context.log.warn('late_answer', { ...orderFields(begun.intent), kind: 'error' in late ? 'error' : 'ack' })
      await settle(deps, begun.intent, late)
    }),
  )
  return doubt(deps, begun.intent, {
    kind: 'unknown',
    code: 'ERR_VENUE_OUTCOME_UNKNOWN',
    reason: `no answer within ${settings.submitTimeoutMs} ms`,
  })
}

async function begin(
  { context, books, onDoubt }: SubmitDeps,
  intent: Intent,
): Promise<
  | { readonly kind: 'ticket'; readonly ticket: SubmitTicket; readonly intent: Intent }
  | { readonly kind: 'stopped'; readonly intent: Intent }
> {
  const { journal, settings, log } = context
  const halted = context.haltedByFile()
  if (halted !== undefined)
    return { kind: 'stopped', intent: await abandon(context, intent, `trading is halted by a file: ${halted}`) }
  const { productId } = intent.terms
  const scopes = ['account', `agent:${intent.principal}`, `product:${productId}`, `product:${books.bookOf(productId)}`]
  const held = context.heldModes.over(scopes)
  if (held && (held.mode === 'HALTED' || !intent.reducesExposure)) {
    return { kind: 'stopped', intent: await abandon(context, intent, `trading is ${held.mode}, ${sayHeld(held)}`) }
  }
  const signFromMs = context.venueNowMs()
  try {
    const begun = await journal.beginSubmit(intent.intentId, {
      notBeforeMs: context.clock.nowMs(),
      signFromMs,
      signByMs: signFromMs + settings.signWithinMs,
    })
    if (begun.kind === 'ticket') {
      context.emit({ type: 'intent', intent: begun.intent })
      return begun
    }
    log.warn('submit_refused', { ...orderFields(intent), why: begun.why, mode: begun.mode ?? '' })
    return { kind: 'stopped', intent: await giveUp(context, begun) }
  } catch (error) {
    // The commit may have happened without our knowing. Nothing was sent, but somebody else could have: it counts as doubt.
    log.error('submit_not_begun', { ...orderFields(intent), error: describeError(error) })
    const stored = await journal.getIntent(intent.intentId)
    if (stored?.state !== 'SUBMITTING') throw error
    const doubtful = await recordOutcome(context, intent.intentId, {
      type: 'outcome_unknown',
      code: 'ERR_STORE_BUSY',
      reason: 'the store failed while the submit began',
    })
    onDoubt(doubtful ?? stored)
    return { kind: 'stopped', intent: doubtful ?? stored }
  }
}

async function giveUp(
  context: DeskContext,
  refusal: {
    readonly why: 'mode' | 'state' | 'approval' | 'fence' | 'target'
    readonly intent: Intent
    readonly mode?: string
  },
): Promise<Intent> {
  const { intentId } = refusal.intent
  const options = { ignoreIllegal: true }
  switch (refusal.why) {
    case 'mode':
      return context.apply(
        intentId,
        { type: 'abandoned', reason: `trading is ${refusal.mode ?? 'halted'}` },
        DESK_ACTOR,
        options,
      )
    case 'approval':
      return context.apply(
        intentId,
        { type: 'approval_expired', reason: 'no valid approval when it was to be sent' },
        DESK_ACTOR,
        options,
      )
    case 'fence':
      context.noteFenced()
      if (context.replaced() !== undefined || refusal.intent.approvedBy !== undefined) return refusal.intent
      return abandon(context, refusal.intent, 'this desk had stood still too long when it was to be sent')
    case 'target':
      return context.apply(
        intentId,
        { type: 'abandoned', reason: 'the order it is about changed before it could be sent' },
        DESK_ACTOR,
        options,
      )
    case 'state':
      return (await context.journal.getIntent(intentId)) ?? refusal.intent
  }
}

function ask({ venue }: DeskContext, intent: Intent, ticket: SubmitTicket): Promise<Answer> {
  return Promise.resolve()
    .then(
      async (): Promise<Answer> =>
        intent.kind === 'edit' ? { editAck: await venue.edit(ticket) } : { ack: await venue.submit(ticket) },
    )
    .catch((error: unknown) => ({ error }))
}

async function settle(deps: SubmitDeps, intent: Intent, answer: Answer): Promise<SubmitPass> {
  if ('ack' in answer) return settleAck(deps, intent, answer.ack)
  if ('editAck' in answer) {
    const taken = await settleEditAck(deps, intent, answer.editAck)
    deps.onDoubt(taken ?? intent)
    return { intent: taken ?? intent }
  }
  const { context } = deps
  const failure = classifySubmitError(answer.error)
  switch (failure.kind) {
    case 'rejected': {
      reportRefused(context, 'venue', failure.code)
      context.log.info('order_rejected', { ...orderFields(intent), code: failure.code, reason: failure.reason })
      const event = { type: 'rejected', code: failure.code, reason: failure.reason } as const
      const refused = await recordOutcome(context, intent.intentId, event)
      context.background('rejects_not_counted', tripAtRejects(context, intent.principal))
      return finish(deps, intent, refused)
    }
    case 'not_sent': {
      context.log.warn('order_not_sent', { ...orderFields(intent), code: failure.code, reason: failure.reason })
      const event = { type: 'not_sent', code: failure.code, reason: failure.reason } as const
      const pass = finish(deps, intent, await recordOutcome(context, intent.intentId, event))
      if (pass.intent.state !== 'RESERVED') return pass
      if (failure.retry) return { intent: pass.intent, again: { reason: failure.reason, waitMs: failure.waitMs } }
      return { intent: await abandon(context, pass.intent, failure.reason) }
    }
    case 'unknown':
      return doubt(deps, intent, failure)
  }
}

async function settleAck(deps: SubmitDeps, intent: Intent, ack: VenueAck): Promise<SubmitPass> {
  const { context, books, onLive } = deps
  if (ack.orderId === '') {
    return doubt(deps, intent, { kind: 'unknown', code: 'ERR_VENUE_PROTOCOL', reason: 'success without an order id' })
  }
  const difference = compareAck(intent, ack, books)
  if (difference) return finish(deps, intent, await quarantine(context, books, intent, difference))
  const pass = finish(
    deps,
    intent,
    await recordOutcome(context, intent.intentId, { type: 'acked', venueOrderId: ack.orderId }),
  )
  if (pass.intent.venueOrderId === ack.orderId) {
    reportPlaced(context, pass.intent, 'ack')
    onLive(pass.intent)
  } else if (pass.intent !== intent) {
    context.log.error('ack_not_taken', { ...orderFields(pass.intent), state: pass.intent.state, venue: ack.orderId })
    await context.trip(
      'account',
      'HALTED',
      `the venue has order ${ack.orderId} of intent ${intent.intentId}, which is ${pass.intent.state}`,
    )
  }
  return pass
}

async function doubt(
  deps: SubmitDeps,
  intent: Intent,
  failure: Extract<SubmitFailure, { kind: 'unknown' }>,
): Promise<SubmitPass> {
  const { context } = deps
  context.log.error('order_unknown', { ...orderFields(intent), code: failure.code, reason: failure.reason })
  context.metrics.count('orders_unknown_total', { product: intent.terms.productId })
  const recorded = await recordOutcome(context, intent.intentId, {
    type: 'outcome_unknown',
    code: failure.code,
    reason: failure.reason,
  })
  const known = recorded ?? intent
  if (!isTerminal(known.state)) deps.onDoubt(known)
  return { intent: known }
}

/** An outcome that the store would not take is doubt, too: the next scan reads it again from the venue. */
function finish(deps: SubmitDeps, before: Intent, recorded: Intent | undefined): SubmitPass {
  if (!recorded) deps.onDoubt(before)
  return { intent: recorded ?? before }
}

/** Gives back the reservations of an order that was surely never sent. */
export async function abandon(context: DeskContext, intent: Intent, reason: string): Promise<Intent> {
  const abandoned = await context.apply(intent.intentId, { type: 'abandoned', reason }, DESK_ACTOR, {
    ignoreIllegal: true,
  })
  context.log.warn('order_abandoned', { ...orderFields(abandoned), state: abandoned.state, reason })
  return abandoned
}
