import { isTerminal, type VenueOrder } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'
import type { ReconcileReport } from '../desk.js'
import { isLive, LIVE_STATES, OPEN_STATES } from '../lifecycle/order-kind.js'
import type { OrderTracker } from '../lifecycle/order-tracker.js'
import { owesCancel, sendOwedCancel } from '../pipeline/send-cancel.js'
import type { FillLedger } from '../positions/fill-ledger.js'
import { type AdoptDeps, adoptOrder } from './adopt-orders.js'
import type { BalanceCheck } from './check-balances.js'
import { haltWhenUnresolved } from './count-unresolved.js'
import { type ResolveDeps, scanStart, type UnknownResolver } from './resolve-unknowns.js'
import { scanVenue } from './scan-venue.js'
import { listWatched } from './tombstones.js'

export interface ReconcileDeps extends ResolveDeps, AdoptDeps {
  readonly context: DeskContext
  readonly tracker: OrderTracker
  readonly resolver: UnknownResolver
  readonly ledger: FillLedger
  readonly balances: BalanceCheck
}

export interface Reconciler {
  /** One full reconciliation; calls that come while one runs share the next. */
  run(trigger: string, atStart?: boolean): Promise<ReconcileReport>
  /** Withdraws what instances that are gone left unsent; what is merely old waits for the next {@link Reconciler.run}. */
  withdrawLeft(): Promise<void>
  /** The short regular look: which orders are live at the venue, and does that agree with us. */
  lookAtOpenOrders(): Promise<readonly VenueOrder[]>
}

/**
 * Brings our record and the venue together. Reads everything, books only what the venue shows, and leaves in doubt what is in doubt.
 *
 * @throws {VenueError} When the venue does not answer completely; nothing was concluded from the part that came.
 */
export function createReconciler(deps: ReconcileDeps): Reconciler {
  const { context, tracker } = deps
  let lastScanMs: number | undefined
  let running: Promise<ReconcileReport> | undefined
  let waiting: Promise<ReconcileReport> | undefined

  async function full(trigger: string, begins: boolean): Promise<ReconcileReport> {
    // Alone at start, whatever is under way here was left by a process that is gone; among several it may be another's work.
    const atStart = begins && context.journal.isShared !== true
    const atMs = context.clock.nowMs()
    deps.ledger.forget()
    await withdrawOrphans(deps, atStart ? 'all' : 'old')
    const openedAtMs = await deps.balances.openedAtMs()
    const intents = await context.journal.listIntents({ states: OPEN_STATES })
    const doubtful = intents.filter((item) => item.state === 'SUBMITTING' || item.state === 'UNKNOWN')
    const watched = await listWatched(context, lastScanMs === undefined)
    const sinceMs = Math.min(
      Math.max(openedAtMs, (lastScanMs ?? (await lastFillMs(deps, openedAtMs))) - context.settings.scanOverlapMs),
      scanStart(context, [...doubtful, ...watched.reachBack]),
    )
    const scan = await scanVenue(context, sinceMs)
    const live = await context.venue.listOrders({ only: 'live' })
    const { resolved, open } = await deps.resolver.pass(atStart, scan)
    const adopted: string[] = []
    const differences: string[] = []
    for (const order of merge(scan.orders, live)) {
      const counts =
        live.includes(order) ||
        watched.clientOrderIds.has(order.clientOrderId) ||
        (order.createdAtMs >= openedAtMs && order.filledSize.gt(0))
      if (!counts) continue
      const adoption = await adoptOrder(deps, order)
      if (adoption.kind === 'adopted') adopted.push(adoption.intent.intentId)
      if (adoption.kind === 'uncountable') differences.push(adoption.problem)
    }
    const fills = await deps.ledger.record(scan.fills.filter((fill) => fill.tradedAtMs >= openedAtMs))
    await followLive(deps, live)
    lastScanMs = scan.begunMs
    differences.push(...(await confirmDifferences(deps)))
    if (open.length > 0) deps.resolver.begin()
    const unresolved = open.map((intent) => intent.intentId)
    const report = { atMs, trigger, resolved, adopted, newFills: fills.length, unresolved, differences }
    context.log.info('reconciled', {
      trigger,
      resolved: resolved.length,
      adopted: adopted.length,
      new_fills: fills.length,
      unresolved: unresolved.length,
      differences,
    })
    context.emit({ type: 'reconciled', report })
    return report
  }

  async function run(trigger: string, atStart = false): Promise<ReconcileReport> {
    if (!running) {
      running = full(trigger, atStart)
        .catch(async (error: unknown) => {
          await haltWhenUnresolved(context)
          throw error
        })
        .finally(() => {
          running = undefined
        })
      return running
    }
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined
        return run(trigger, atStart)
      })
    return waiting
  }

  return {
    run,
    withdrawLeft: async () => await withdrawOrphans(deps, 'left'),
    async lookAtOpenOrders() {
      const live = await context.venue.listOrders({ only: 'live' })
      for (const order of live) {
        if (!tracker.follows(order.orderId)) await adoptOrder(deps, order)
      }
      await followLive(deps, live)
      return live
    },
  }
}

/** An orphan is RESERVED and nobody is sending it: its process died, or its store did. It was never sent, and it is not wanted late. */
async function withdrawOrphans({ context, isRunning }: ReconcileDeps, which: 'all' | 'left' | 'old'): Promise<void> {
  const { settings, clock, journal } = context
  const oldMs = settings.limitTtlMs + settings.submitTimeoutMs
  const reserved = await journal.listIntents({ states: ['RESERVED'] })
  const left = journal.isShared === true && reserved.length > 0 ? ((await journal.listOrphans?.()) ?? []) : []
  for (const intent of reserved) {
    if (isRunning(intent.intentId) || intent.approvedBy !== undefined) continue
    const isOld = which === 'old' && clock.nowMs() - intent.updatedAtMs > oldMs
    const isLeft = left.some(({ intentId }) => intentId === intent.intentId)
    if (which !== 'all' && !isOld && !isLeft) continue
    await context.apply(
      intent.intentId,
      { type: 'abandoned', reason: 'found unsent after a restart; place it again if it is still wanted' },
      DESK_ACTOR,
      { ignoreIllegal: true },
    )
  }
}

/** Where the record of executions ends, so that a scan after a long stop reaches back to it. */
async function lastFillMs({ context, ledger }: ReconcileDeps, openedAtMs: number): Promise<number> {
  const fills = await ledger.fills()
  const last = fills.reduce((latest, fill) => Math.max(latest, fill.tradedAtMs), openedAtMs)
  const intents = await context.journal.listIntents({ states: LIVE_STATES })
  return Math.min(last, ...intents.map((intent) => intent.updatedAtMs))
}

function merge(scanned: readonly VenueOrder[], live: readonly VenueOrder[]): readonly VenueOrder[] {
  return [...new Map([...scanned, ...live].map((order) => [order.orderId, order])).values()]
}

/** Follows what is live with us, looks again where the venue disagrees, and sends the cancels that are owed. */
async function followLive({ context, tracker }: ReconcileDeps, live: readonly VenueOrder[]): Promise<void> {
  const shown = new Map(live.map((order) => [order.orderId, order]))
  for (const intent of await context.journal.listIntents({ states: LIVE_STATES })) {
    if (intent.venueOrderId === undefined) continue
    tracker.follow(intent)
    const order = shown.get(intent.venueOrderId)
    const agrees = order?.filledSize.eq(intent.filledSize) && order.status === intent.state
    if (!agrees) {
      tracker.wake(intent.intentId)
    }
    const stuck =
      intent.cancel === 'sent' && context.clock.nowMs() - intent.updatedAtMs > context.settings.openOrdersEveryMs
    if (isLive(intent) && (owesCancel(intent) || stuck)) {
      const after = await sendOwedCancel(context, intent)
      if (!isTerminal(after.state)) tracker.wake(intent.intentId)
    }
  }
}

/** A difference counts when it is still there after a while in which nothing moved; then the account may only reduce. */
async function confirmDifferences({ context, balances }: ReconcileDeps): Promise<readonly string[]> {
  try {
    const first = await balances.check()
    if (!first || first.length === 0) return []
    await context.timers.sleep(context.settings.differenceConfirmMs)
    const second = await balances.check()
    if (!second || second.length === 0) return []
    context.log.error('ledger_differs', { differences: second })
    context.metrics.count('ledger_differences_total')
    await context.trip('account', 'REDUCE_ONLY', `balances differ from the record: ${second.join('; ')}`)
    return second
  } catch (error) {
    context.log.warn('balances_not_checked', { error: describeError(error) })
    return []
  }
}
