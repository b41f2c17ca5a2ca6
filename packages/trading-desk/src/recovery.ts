import { BaseError, describeCode, NotReadyError } from '@tidegate/trading-model'
import type { ApprovalDesk } from './approvals/approval-desk.js'
import type { ClockWatch } from './clock-watch.js'
import { type DeskContext, describeError } from './context.js'
import { createInstanceLease } from './instance-lease.js'
import type { OrderTracker } from './lifecycle/order-tracker.js'
import { importSpooledCancels } from './reconcile/import-cancels.js'
import { createReconcileLease } from './reconcile/lease.js'
import type { Reconciler } from './reconcile/reconcile.js'
import { createTroubleLog, type TroubleLog } from './trouble-log.js'
import { waitFor } from './wait-for.js'

export interface RecoveryDeps {
  readonly context: DeskContext
  readonly reconciler: Reconciler
  readonly approvals: ApprovalDesk
  readonly tracker: OrderTracker
  readonly clockWatch: ClockWatch
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
 * Start is recovery: nothing new is taken before the first complete reconciliation. A venue that does not answer, or a store that is
 * busy, keeps the gate shut and is asked again; a store that is damaged keeps it shut for good. Afterwards the regular looks run on
 * their timers.
 */
export function createRecovery(deps: RecoveryDeps): Recovery {
  const { context, reconciler, approvals, tracker, clockWatch } = deps
  const { settings, log } = context
  const lease = createReconcileLease(context)
  const instance = createInstanceLease(context)
  const troubles = {
    start: createTroubleLog(context, 'recovery_failed'),
    spool: createTroubleLog(context, 'cancels_not_imported'),
    clock: createTroubleLog(context, 'clock_not_checked'),
    day: createTroubleLog(context, 'day_not_marked'),
    approvals: createTroubleLog(context, 'approvals_not_looked_at'),
    instance: createTroubleLog(context, 'lease_not_renewed'),
    openOrders: createTroubleLog(context, 'open_orders_failed'),
    reconcile: createTroubleLog(context, 'reconcile_failed'),
  }
  /** A gap in the stream that no reconciliation begun after it has covered. */
  let gap: string | undefined
  let isCovering = false
  let ready = false
  let reason = 'recovery has not begun'
  let becomeReady: () => void = () => {}
  let becameReady: Promise<void>
  awaitReady()

  function awaitReady(): void {
    becameReady = new Promise((resolve) => {
      becomeReady = resolve
    })
  }

  async function attempt(turn: number): Promise<void> {
    try {
      reason = 'reading the store'
      await clockWatch.checkSinceLastRun()
      await clockWatch.check()
      reason = 'reconciling with the venue'
      await importSpooledCancels(context)
      await context.checkAccount?.()
      await reconciler.run('start', true)
      await lease.hold()
      if (!(await instance.take())) return context.noteReplaced('another process owns the store now')
      ready = true
      reason = 'ready'
      becomeReady()
      troubles.start.well()
      log.info('desk_ready', { environment: context.environment, dry_run: context.dryRun })
      coverGap()
    } catch (error) {
      const isStore = BaseError.isInstance(error) && error.code.startsWith('ERR_STORE_')
      reason = `${isStore ? 'the store does not work' : 'the venue could not be reconciled'}: ${describeError(error)}`
      if (isStore && describeCode(error.code).retry === 'never') {
        log.error('recovery_given_up', { error: describeError(error) })
        return
      }
      const delay = retryAfter(turn)
      troubles.start.failed(error, { turn, retry_in_ms: delay })
      context.after(delay, () => context.background('recovery_failed', attempt(turn + 1)))
    }
  }

  /** Not ready until everything was reconciled again, as after a start. */
  function lapse(): void {
    if (!ready) return
    ready = false
    awaitReady()
    reason = 'it stood still for longer than its lease'
    log.error('lease_lapsed', { lease_ms: settings.instanceLeaseMs })
    context.metrics.count('leases_lapsed_total')
    context.background('recovery_failed', attempt(0))
  }

  async function renewInstance(): Promise<void> {
    if (!ready) return
    if (instance.hasLapsed()) return lapse()
    if (!(await instance.take())) return context.noteReplaced('another process owns the store now')
    // Another's lease is looked at as often as the own one is renewed, and what it left holds room that is wanted.
    await reconciler.withdrawLeft()
  }

  function retryAfter(turn: number): number {
    return settings.startRetryMs[Math.min(turn, settings.startRetryMs.length - 1)] ?? 1_000
  }

  /** Reconciles for the gaps so far; one at a time, and again until it succeeded. What comes meanwhile waits for the next. */
  function coverGap(turn = 0): void {
    if (!ready || isCovering || gap === undefined) return
    isCovering = true
    const covered = gap
    gap = undefined
    const next = (nextTurn: number): void => {
      context.after(retryAfter(nextTurn), () => {
        isCovering = false
        coverGap(nextTurn)
      })
    }
    context.background(
      'reconcile_failed',
      runWithLease(`gap: ${covered}`).then(
        () => {
          troubles.reconcile.well()
          next(0)
        },
        (error: unknown) => {
          gap ??= covered
          troubles.reconcile.failed(error, { trigger: `gap: ${covered}` })
          next(turn + 1)
        },
      ),
    )
  }

  /** Another desk that holds the lease reconciles for this one, too; its own orders are followed here all the same. */
  async function runWithLease(trigger: string): Promise<void> {
    if (await lease.hold()) await reconciler.run(trigger)
    else log.debug('reconciled_elsewhere', { trigger })
  }

  async function lookAtOpenOrders(): Promise<void> {
    if (!ready) return
    if (await lease.hold()) await reconciler.lookAtOpenOrders()
    else tracker.wakeAll()
  }

  /** Runs every `ms`; what fails is said by the rules of the trouble log, and a turn is skipped while the one before is at work. */
  function regularly(ms: number, trouble: TroubleLog, work: () => Promise<void>): void {
    let busy = false
    context.every(ms, () => {
      if (busy) return
      busy = true
      work()
        .then(
          () => trouble.well(),
          (error: unknown) => trouble.failed(error),
        )
        .finally(() => {
          busy = false
        })
    })
  }

  function startTimers(): void {
    const { approvalTickMs, openOrdersEveryMs, fullEveryMs } = settings
    regularly(approvalTickMs, troubles.spool, async () => void (await importSpooledCancels(context)))
    context.every(approvalTickMs, () => void context.haltedByFile())
    regularly(approvalTickMs, troubles.clock, () => clockWatch.check())
    regularly(approvalTickMs, troubles.day, () => deps.markDay())
    regularly(approvalTickMs, troubles.approvals, () => (ready ? approvals.tick() : Promise.resolve()))
    const openMs = context.feed ? openOrdersEveryMs : Math.min(openOrdersWithoutFeedMs, openOrdersEveryMs)
    if (context.journal.isShared === true) regularly(settings.instanceLeaseMs / 3, troubles.instance, renewInstance)
    regularly(openMs, troubles.openOrders, lookAtOpenOrders)
    regularly(fullEveryMs, troubles.reconcile, () => (ready ? runWithLease('timer') : Promise.resolve()))
  }

  return {
    async start() {
      context.onFenced(lapse)
      startTimers()
      if (context.feed) context.background('user_channel_failed', context.feed.subscribeUser())
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
    onGap(latest) {
      tracker.wakeAll()
      gap = latest
      coverGap()
    },
  }
}
