import type { Intent, VenueOrder } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { compareOrder } from '../lifecycle/compare-order.js'
import { DOUBTFUL_STATES } from '../lifecycle/order-kind.js'
import { quarantine } from '../lifecycle/quarantine.js'
import { orderFields, reportPlaced } from '../order-log.js'
import { recordOutcome } from '../pipeline/record-outcome.js'
import type { SameBook } from '../same-book.js'
import { createTroubleLog } from '../trouble-log.js'
import { haltWhenUnresolved } from './count-unresolved.js'
import { createProofLedger } from './proof-rule.js'
import { type Scan, scanVenue } from './scan-venue.js'

export interface ResolveDeps {
  readonly context: DeskContext
  readonly books: SameBook
  readonly isRunning: (intentId: string) => boolean
  readonly onLive: (intent: Intent) => void
}

export interface Resolution {
  readonly intentId: string
  readonly from: string
  readonly to: string
}

export interface UnknownResolver {
  /** One look at everything in doubt; scans the venue unless a scan is handed in. */
  pass(
    atStart: boolean,
    scan?: Scan,
  ): Promise<{ readonly resolved: readonly Resolution[]; readonly open: readonly Intent[] }>
  /** Something is in doubt: look soon, and again until nothing is. An intent handed over has nobody else working on it. */
  begin(handedOver?: Intent): void
  /** An order showed up in the stream; the next look is now. */
  nudge(): void
}

/**
 * Finds out what became of orders that were sent without a verdict. Two ways out only: the venue shows the order (by our own id, with
 * our own terms), or the proof rule says that it cannot exist. Until then the whole exposure stays reserved.
 */
export function createUnknownResolver(deps: ResolveDeps): UnknownResolver {
  const { context } = deps
  const { settings, log } = context
  const trouble = createTroubleLog(context, 'scan_failed')
  const proof = createProofLedger(settings.proof)
  const handedOver = new Set<string>()
  let scheduled: { cancel(): void } | undefined
  let turn = 0
  let running: ReturnType<UnknownResolver['pass']> | undefined

  async function look(atStart: boolean, handed: Scan | undefined): ReturnType<UnknownResolver['pass']> {
    const { doubtful, waiting } = await takeDoubtful(deps, (intent) => atStart || handedOver.has(intent.intentId))
    if (doubtful.length === 0) {
      await haltWhenUnresolved(context)
      return { resolved: [], open: waiting }
    }
    const scan = handed ?? (await scanOrHalt(context, doubtful))
    const byClientId = new Map(scan.orders.map((order) => [order.clientOrderId, order]))
    const resolved: Resolution[] = []
    const open: Intent[] = [...waiting]
    for (const intent of doubtful) {
      const order = byClientId.get(intent.clientOrderId)
      // Absence from a picture that does not reach back far enough says nothing.
      const covered = scan.sinceMs <= scanStart(context, [intent])
      const reason = order || !covered ? undefined : proof.noteAbsence(intent, scan.begunMs - clockDoubtMs(context))
      const next = order
        ? await adoptOwn(deps, intent, order)
        : reason && (await recordOutcome(context, intent.intentId, { type: 'never_accepted', reason }))
      if (!next || next.state === 'UNKNOWN') {
        open.push(intent)
        continue
      }
      proof.forget(intent.intentId)
      handedOver.delete(intent.intentId)
      resolved.push({ intentId: intent.intentId, from: intent.state, to: next.state })
      log.warn('order_resolved', { ...orderFields(next), state: next.state, reason: reason ?? 'found at the venue' })
      context.metrics.count('orders_resolved_total', { to: next.state })
    }
    await haltWhenUnresolved(context)
    return { resolved, open }
  }

  function pass(atStart: boolean, scan?: Scan): ReturnType<UnknownResolver['pass']> {
    // A handed scan must not wait behind one that began earlier: it would be judged as if it were new.
    const next = (running ?? Promise.resolve()).catch(() => undefined).then(() => look(atStart, scan))
    running = next
    return next
  }

  function schedule(): void {
    if (scheduled || context.isClosing()) return
    const delays = settings.unknownPollMs
    const delay = delays[Math.min(turn, delays.length - 1)] ?? 1_000
    scheduled = context.after(delay, () => {
      scheduled = undefined
      turn++
      context.background(
        'resolve_failed',
        pass(false).then(
          ({ open }) => {
            trouble.well()
            if (open.length > 0) schedule()
            else turn = 0
          },
          (error: unknown) => {
            trouble.failed(error)
            schedule()
          },
        ),
      )
    })
  }

  return {
    pass,
    begin(intent) {
      if (intent) handedOver.add(intent.intentId)
      turn = 0
      schedule()
    },
    nudge() {
      if (!scheduled) return
      scheduled.cancel()
      scheduled = undefined
      turn = 0
      schedule()
    },
  }
}

/**
 * Everything in doubt that nobody here is working on. A SUBMITTING intent whose process is known to be gone, or whose time to be signed
 * is long over, becomes UNKNOWN; one that another process may still be sending waits.
 */
async function takeDoubtful(
  { context, isRunning }: ResolveDeps,
  isGone: (intent: Intent) => boolean,
): Promise<{ readonly doubtful: readonly Intent[]; readonly waiting: readonly Intent[] }> {
  const { skewMarginMs } = context.settings.proof
  const doubtful: Intent[] = []
  const waiting: Intent[] = []
  for (const intent of await context.journal.listIntents({ states: DOUBTFUL_STATES })) {
    if (intent.kind === 'edit' || isRunning(intent.intentId)) continue
    if (intent.state === 'UNKNOWN') {
      doubtful.push(intent)
      continue
    }
    const goneAtMs = (intent.signByMs ?? intent.updatedAtMs) + skewMarginMs
    if (!isGone(intent) && context.venueNowMs() <= goneAtMs) {
      waiting.push(intent)
      continue
    }
    const unknown = await recordOutcome(context, intent.intentId, {
      type: 'outcome_unknown',
      code: 'ERR_VENUE_OUTCOME_UNKNOWN',
      reason: 'the process that sent it ended before the answer was recorded',
    })
    if (unknown?.state === 'UNKNOWN') doubtful.push(unknown)
    else waiting.push(unknown ?? intent)
  }
  return { doubtful, waiting }
}

/**
 * Venue time from which a scan must reach to see every one of them; infinity for none. Our clock may have been wrong when they were
 * sent, and nobody had measured it yet: it reaches as far back as every full scan does, and further than the skew that halts.
 */
export function scanStart({ settings }: DeskContext, intents: readonly Intent[]): number {
  const margin = Math.max(settings.scanOverlapMs, settings.maxSkewMs + settings.proof.skewMarginMs)
  return Math.min(...intents.map((intent) => (intent.notBeforeMs ?? intent.createdAtMs) - margin))
}

/** How far off our idea of venue time may be: what was measured, or the most that is tolerated when nothing was. */
function clockDoubtMs({ account, settings }: DeskContext): number {
  return Math.abs(account.clockSkewMs() ?? settings.maxSkewMs)
}

/** The venue has it: ours, if it means what was committed. */
async function adoptOwn(
  { context, books, onLive }: ResolveDeps,
  intent: Intent,
  order: VenueOrder,
): Promise<Intent | undefined> {
  const difference = compareOrder(intent, order, books)
  if (difference) return quarantine(context, books, intent, difference)
  const acked = await recordOutcome(context, intent.intentId, { type: 'acked', venueOrderId: order.orderId })
  if (acked?.venueOrderId !== undefined) {
    reportPlaced(context, acked, 'reconciled')
    onLive(acked)
  }
  return acked
}

/** A venue that cannot be asked leaves everything in doubt. */
async function scanOrHalt(context: DeskContext, doubtful: readonly Intent[]): Promise<Scan> {
  try {
    return await scanVenue(context, scanStart(context, doubtful))
  } catch (error) {
    await haltWhenUnresolved(context)
    throw error
  }
}
