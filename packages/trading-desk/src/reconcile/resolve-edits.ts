import { type Intent, type IntentState, isTerminal, type VenueOrder } from '@tidegate/trading-model'
import { type DeskContext, describeError } from '../context.js'
import { compareOrder } from '../lifecycle/compare-order.js'
import { hasEnded, isLive } from '../lifecycle/order-kind.js'
import { quarantine } from '../lifecycle/quarantine.js'
import { editFields } from '../order-log.js'
import { recordOutcome } from '../pipeline/record-outcome.js'
import type { SameBook } from '../same-book.js'
import { applyEdit } from './apply-edit.js'
import { haltWhenUnresolved } from './count-unresolved.js'
import { createProofLedger, type ProofLedger } from './proof-rule.js'
import { showsTerms } from './shows-terms.js'

export interface EditDeps {
  readonly context: DeskContext
  readonly books: SameBook
  readonly isRunning: (intentId: string) => boolean
  /** The order has other terms now, or something about it has to be looked at. */
  readonly onTarget: (targetIntentId: string) => void
}

/** Finds out what became of edits that were sent, by reading their orders. */
export interface EditResolver {
  /** One look at every edit on its way; returns those still open. At start nobody else can be working on one. */
  pass(atStart: boolean): Promise<readonly Intent[]>
  /** Looks now and again until nothing is open. An edit handed over has nobody else working on it. */
  begin(handedOver?: Intent): void
  /** Looks until the edit has ended, at most `ms`; returns it as it is then. */
  settled(intentId: string, ms: number): Promise<Intent | undefined>
}

const sentStates: readonly IntentState[] = ['SUBMITTING', 'UNKNOWN', 'ACKED']

/**
 * An edit has no id of its own at the venue, so only its order can tell: it shows the new price and size (applied), it ended with the
 * old ones (not applied), it still shows the old ones in enough complete reads after the last moment at which the edit could have
 * arrived (never accepted, or lost if it was taken), or it shows something else (quarantine). Until then target and edit together
 * hold the larger of both.
 */
export function createEditResolver(deps: EditDeps): EditResolver {
  const { context } = deps
  const { settings, timers, journal, log } = context
  const proof = createProofLedger(settings.proof)
  // An edit that was taken has no request under way: only the venue's own time counts.
  const lost = createProofLedger({ ...settings.proof, tokenLifetimeMs: 0 })
  const handedOver = new Set<string>()
  let scheduled: { cancel(): void } | undefined
  let turn = 0
  let running: Promise<readonly Intent[]> = Promise.resolve([])

  async function look(atStart: boolean): Promise<readonly Intent[]> {
    const open: Intent[] = []
    for (const found of await journal.listIntents({ states: sentStates })) {
      if (found.kind !== 'edit') continue
      const edit = await takeOver(deps, found, atStart || handedOver.has(found.intentId))
      const next = edit ? await lookAtOrder(deps, edit, { proof, lost }) : undefined
      if (!next || sentStates.includes(next.state)) {
        open.push(next ?? found)
        continue
      }
      for (const ledger of [proof, lost]) ledger.forget(found.intentId)
      handedOver.delete(found.intentId)
      const target = next.targetIntentId === undefined ? undefined : await journal.getIntent(next.targetIntentId)
      log.info('edit_settled', { ...editFields(next, target), from: found.state, state: next.state })
    }
    return open
  }

  function pass(atStart: boolean): Promise<readonly Intent[]> {
    running = running.catch(() => []).then(() => look(atStart))
    return running
  }

  /** A look of its own; one that is part of a reconciliation is counted when that has looked at orders, too. */
  async function passAlone(): Promise<readonly Intent[]> {
    try {
      return await pass(false)
    } finally {
      await haltWhenUnresolved(context)
    }
  }

  function schedule(): void {
    if (scheduled || context.isClosing()) return
    const delays = [...settings.trackPollMs, ...settings.unknownPollMs]
    const delay = delays[Math.min(turn, delays.length - 1)] ?? 1_000
    scheduled = context.after(delay, () => {
      scheduled = undefined
      turn++
      context.background(
        'edit_look_failed',
        passAlone().then(
          (open) => {
            if (open.length > 0) schedule()
            else turn = 0
          },
          (error: unknown) => {
            log.warn('edit_look_failed', { error: describeError(error) })
            schedule()
          },
        ),
      )
    })
  }

  return {
    pass,
    begin(edit) {
      if (edit) handedOver.add(edit.intentId)
      turn = 0
      schedule()
    },
    async settled(intentId, ms) {
      const endsAtMs = context.clock.nowMs() + ms
      for (let attempt = 0; ; attempt++) {
        await passAlone().catch(() => undefined)
        const edit = await journal.getIntent(intentId)
        const delay = settings.trackPollMs[Math.min(attempt, settings.trackPollMs.length - 1)] ?? 1_000
        if (!edit || isTerminal(edit.state) || context.clock.nowMs() + delay > endsAtMs) return edit
        await timers.sleep(delay)
      }
    },
  }
}

/** The edit, if it may be judged: one that some process may still be sending waits. */
async function takeOver({ context, isRunning }: EditDeps, edit: Intent, isGone: boolean): Promise<Intent | undefined> {
  if (isRunning(edit.intentId)) return undefined
  if (edit.state !== 'SUBMITTING') return edit
  const goneAtMs = (edit.signByMs ?? edit.updatedAtMs) + context.settings.proof.skewMarginMs
  if (!isGone && context.venueNowMs() <= goneAtMs) return undefined
  return recordOutcome(context, edit.intentId, {
    type: 'outcome_unknown',
    code: 'ERR_VENUE_OUTCOME_UNKNOWN',
    reason: 'the process that sent it ended before the answer was recorded',
  })
}

async function lookAtOrder(
  deps: EditDeps,
  edit: Intent,
  ledgers: { readonly proof: ProofLedger; readonly lost: ProofLedger },
): Promise<Intent | undefined> {
  const { context, onTarget } = deps
  const target = edit.targetIntentId === undefined ? undefined : await context.journal.getIntent(edit.targetIntentId)
  if (!target?.venueOrderId || !sentStates.includes(edit.state)) return edit
  const begunMs = context.venueNowMs() - Math.abs(context.account.clockSkewMs() ?? context.settings.maxSkewMs)
  const order = await context.venue.getOrder(target.venueOrderId)
  if (!order) return edit
  if (showsTerms(order, edit.terms)) {
    const applied = await applyEdit(context, edit)
    onTarget(target.intentId)
    return applied
  }
  if (!showsTerms(order, target.terms)) return thirdValue(deps, edit, target, order)
  const reason = hasEnded(order)
    ? `its order ended ${order.status} with the terms it had before`
    : order.status === 'EDIT_QUEUED'
      ? undefined
      : absence(ledgers, edit, begunMs)
  if (reason === undefined) return edit
  onTarget(target.intentId)
  return recordOutcome(
    context,
    edit.intentId,
    edit.state === 'ACKED' ? { type: 'edit_lost', reason } : { type: 'never_accepted', reason },
  )
}

/** Counts a complete read that still shows the old terms; says when that proves that the edit will not come. */
function absence(
  { proof, lost }: { readonly proof: ProofLedger; readonly lost: ProofLedger },
  edit: Intent,
  begunMs: number,
): string | undefined {
  if (edit.state !== 'ACKED')
    return proof.noteAbsence(edit, begunMs) && 'its order kept the old terms past the proof time'
  const { signByMs: _, ...taken } = edit
  return lost.noteAbsence(taken, begunMs) && 'the venue took it, and the order kept the old terms all the same'
}

/** Somebody else changed the order, or the venue did something else than was asked for: a person has to look. */
async function thirdValue(
  { context, books }: EditDeps,
  edit: Intent,
  target: Intent,
  order: VenueOrder,
): Promise<Intent | undefined> {
  const shown = await context.journal.getIntent(target.intentId)
  // The target moved on while the order was read.
  if (shown?.termsHash !== target.termsHash || order.limitPrice === undefined || order.baseSize === undefined)
    return edit
  const difference = compareOrder({ ...target, terms: edit.terms }, order, books) ?? 'it shows other terms'
  if (isLive(target)) await quarantine(context, books, target, difference)
  return quarantine(context, books, edit, difference)
}
