import { NotReadyError } from '@tidegate/trading-model'
import type { ApprovalDesk } from './approvals/approval-desk.js'
import { type DeskContext, describeError } from './context.js'
import type { OrderTracker } from './lifecycle/order-tracker.js'
import type { Reconciler } from './reconcile/reconcile.js'
import { waitFor } from './wait-for.js'

export interface RecoveryDeps {
  readonly context: DeskContext
  readonly reconciler: Reconciler
  readonly approvals: ApprovalDesk
  readonly tracker: OrderTracker
  /** Looked at every second: the first look of a UTC day sets its opening prices. */
  readonly markDay: () => Promise<void>
}

export interface Recovery {
  start(): Promise<void>
  readiness(): { readonly ready: boolean; readonly reason: string }
  /**
   * Resolves when orders may be taken; waits for a recovery under way, at most `readyWaitMs`.
   *
   * @throws NotReadyError with what is missing.
   */
  whenReady(): Promise<void>
  /** The stream may have missed something. */
  onGap(reason: string): void
}

/** Without a stream nobody hints at changes, so the live orders are listed more often. */
const openOrdersWithoutFeedMs = 5_000

/**
 * Start is recovery: nothing new is taken before the first complete reconciliation. A venue that does not answer keeps the gate shut
 * and is asked again. Afterwards the regular looks run on their timers.
 */
export function createRecovery(deps: RecoveryDeps): Recovery {
  const { context, reconciler, approvals, tracker } = deps
  const { settings, log, account } = context
  let ready = false
  let reason = 'recovery has not begun'
  let becomeReady: () => void = () => {}
  const becameReady = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  async function attempt(turn: number): Promise<void> {
    try {
      reason = 'reconciling with the venue'
      await reconciler.run('start', true)
      ready = true
      reason = 'ready'
      becomeReady()
      log.info('desk_ready', { environment: context.environment, dry_run: context.dryRun })
    } catch (error) {
      const delay = settings.startRetryMs[Math.min(turn, settings.startRetryMs.length - 1)] ?? 1_000
      reason = `the venue could not be reconciled: ${describeError(error)}`
      log.error('recovery_failed', { turn, retry_in_ms: delay, error: describeError(error) })
      context.after(delay, () => context.background('recovery_failed', attempt(turn + 1)))
    }
  }

  async function checkSkew(): Promise<void> {
    const skew = account.clockSkewMs()
    if (skew === undefined || Math.abs(skew) <= settings.maxSkewMs) return
    await context.trip('account', 'HALTED', `our clock and the venue's are ${Math.round(skew)} ms apart`)
  }

  function startTimers(): void {
    const second = oneAtATime(async () => {
      await checkSkew()
      await deps.markDay()
      if (ready) await approvals.tick()
    })
    context.every(settings.approvalTickMs, () => context.background('tick_failed', second()))
    const openMs = context.feed
      ? settings.openOrdersEveryMs
      : Math.min(openOrdersWithoutFeedMs, settings.openOrdersEveryMs)
    const openOrders = oneAtATime(() => (ready ? reconciler.lookAtOpenOrders() : Promise.resolve()))
    context.every(openMs, () => context.background('open_orders_failed', openOrders()))
    context.every(settings.fullEveryMs, () => {
      if (ready) context.background('reconcile_failed', reconciler.run('timer'))
    })
  }

  return {
    async start() {
      startTimers()
      if (context.feed) context.background('user_channel_failed', context.feed.subscribeUser())
      await checkSkew()
      await attempt(0)
    },
    readiness() {
      if (context.isClosing()) return { ready: false, reason: 'closing' }
      const replaced = context.replaced()
      return replaced === undefined ? { ready, reason } : { ready: false, reason: replaced }
    },
    async whenReady() {
      const isHopeless = context.isClosing() || context.replaced() !== undefined
      if (!ready && !isHopeless && settings.readyWaitMs > 0) {
        await waitFor(becameReady, settings.readyWaitMs, context.timers)
      }
      if (context.isClosing()) throw new NotReadyError('The desk is closing')
      const replaced = context.replaced()
      if (replaced !== undefined) throw new NotReadyError(`This desk may not send any more: ${replaced}`)
      if (!ready) throw new NotReadyError(`New orders are not taken yet: ${reason}`)
    },
    onGap(gap) {
      tracker.wakeAll()
      if (ready) context.background('reconcile_failed', reconciler.run(`gap: ${gap}`))
    },
  }
}

/** Skips a turn while the one before is still at work. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let busy = false
  return async () => {
    if (busy) return
    busy = true
    try {
      await work()
    } finally {
      busy = false
    }
  }
}
