import type { ModeRow, VenueOrder } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext } from './context.js'
import type { HaltReport } from './desk.js'
import { DOUBTFUL_STATES } from './lifecycle/order-kind.js'
import { proofMomentMs } from './reconcile/proof-rule.js'
import { createTroubleLog } from './trouble-log.js'

export interface HaltWatch {
  /** The account was halted, or is found halted at start: watch until nothing that was under way can still be accepted. */
  begin(row: ModeRow): void
}

export interface HaltWatchDeps {
  readonly context: DeskContext
  /** Lists what is live at the venue, adopts what is new and sends the cancels that are owed. */
  readonly lookAtOpenOrders: () => Promise<readonly VenueOrder[]>
}

/** A listing shows one moment; two in a row that agree are needed. */
const listingsNeeded = 2

/**
 * A halt stops what has not left yet; what had left can be accepted until its token has run out. This watch goes on listing until the
 * last such moment has passed and nothing is in doubt, and says so: `proven`. When that takes longer than it should, it says
 * `unproven` with what is open, and goes on. Both are audit entries, so that "it was stopped" is never just an impression.
 */
export function createHaltWatch({ context, lookAtOpenOrders }: HaltWatchDeps): HaltWatch {
  const { journal, settings, clock, log, metrics } = context
  const trouble = createTroubleLog(context, 'halt_watch_failed')
  let watched = 0

  async function report(row: ModeRow, verdict: HaltReport['verdict'], look: Look): Promise<void> {
    const told: HaltReport = { verdict, haltedAtMs: row.atMs, atMs: clock.nowMs(), ...look }
    const fields = { verdict, halted_at_ms: told.haltedAtMs, live: look.live, doubtful: look.doubtful }
    if (verdict === 'proven') log.warn('halt_proven', fields)
    else log.error('halt_unproven', fields)
    metrics.count('halts_watched_total', { verdict })
    await journal.audit({ actor: DESK_ACTOR, type: `halt_${verdict}`, body: fields })
    context.emit({ type: 'halt', report: told })
  }

  /** True when a listing was complete, began after the last possible acceptance, and nothing is in doubt. */
  async function look(): Promise<Look & { readonly isConclusive: boolean }> {
    const before = await journal.listIntents({ states: DOUBTFUL_STATES })
    const lastMs = Math.max(0, ...before.map((intent) => proofMomentMs(intent, settings.proof)))
    const begunMs = context.venueNowMs()
    const live = await lookAtOpenOrders()
    const doubtful = await journal.listIntents({ states: DOUBTFUL_STATES })
    return {
      live: live.map((order) => order.orderId),
      doubtful: doubtful.map((intent) => intent.intentId),
      isConclusive: begunMs > lastMs && before.length === 0 && doubtful.length === 0,
    }
  }

  async function isStillHalted(): Promise<boolean> {
    return (await journal.modes()).some((row) => row.scope === 'account' && row.mode === 'HALTED')
  }

  function watch(row: ModeRow, mine: number): void {
    const { tokenLifetimeMs, skewMarginMs, processingMs, minSpreadMs } = settings.proof
    const patienceMs =
      settings.signWithinMs + tokenLifetimeMs + skewMarginMs + processingMs + 2 * minSpreadMs + settings.submitTimeoutMs
    const dueAtMs = clock.nowMs() + patienceMs
    let conclusive = 0
    let saidUnproven = false
    let latest: Look = { live: [], doubtful: [] }

    /** @returns True when the watch is over. */
    const turn = async (): Promise<boolean> => {
      if (!(await isStillHalted())) return true
      const seen = await look().catch((error: unknown) => {
        trouble.failed(error)
        return { ...latest, isConclusive: false }
      })
      latest = { live: seen.live, doubtful: seen.doubtful }
      conclusive = seen.isConclusive ? conclusive + 1 : 0
      if (mine !== watched) return true
      if (conclusive >= listingsNeeded) {
        await report(row, 'proven', latest)
        return true
      }
      if (!saidUnproven && clock.nowMs() >= dueAtMs) {
        await report(row, 'unproven', latest)
        saidUnproven = true
      }
      return false
    }
    const next = (): void => {
      context.after(settings.haltWatchEveryMs, () => {
        if (mine !== watched) return
        turn().then(
          (isOver) => {
            if (!isOver) next()
          },
          (error: unknown) => {
            trouble.failed(error)
            next()
          },
        )
      })
    }
    next()
  }

  return {
    begin(row) {
      watched++
      watch(row, watched)
    },
  }
}

type Look = Pick<HaltReport, 'live' | 'doubtful'>
