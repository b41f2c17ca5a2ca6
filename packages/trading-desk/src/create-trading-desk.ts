import { evaluateOrder, serializePolicy } from '@tidegate/risk-engine'
import { createApprovalDesk } from './approvals/approval-desk.js'
import { tripAtLoss } from './breaker/trip-at-loss.js'
import { reportBusiness } from './business-gauges.js'
import { createClockWatch } from './clock-watch.js'
import { createContext, type DeskContext } from './context.js'
import type { TradingDeskDeps } from './deps.js'
import type { Policies, TradingDesk } from './desk.js'
import { listenToFeed } from './feed-hints.js'
import { createHaltWatch } from './halt-watch.js'
import { createKillSwitch } from './kill-switch.js'
import { createOrderTracker } from './lifecycle/order-tracker.js'
import { createAccountViews } from './pipeline/account-view.js'
import { cancelOrder } from './pipeline/cancel.js'
import { cancelAllOrders } from './pipeline/cancel-all.js'
import { cancelTarget } from './pipeline/cancel-target.js'
import { closeDesk } from './pipeline/close-desk.js'
import { editOrder } from './pipeline/edit.js'
import { placeOrder } from './pipeline/place.js'
import { createPriceMemory } from './pipeline/price-memory.js'
import { readOrder } from './pipeline/read-order.js'
import { reevaluate } from './pipeline/reevaluate.js'
import { createReplacer } from './pipeline/replace.js'
import { owesCancel, sendOwedCancel } from './pipeline/send-cancel.js'
import { createSubmitter } from './pipeline/submitter.js'
import { takeSnapshot } from './pipeline/take-snapshot.js'
import { createDayMarks } from './positions/day-mark.js'
import { createFillLedger } from './positions/fill-ledger.js'
import { holdingsOf } from './positions/holdings.js'
import { listFills } from './positions/list-fills.js'
import { readPositions } from './positions/positions.js'
import { valueCurrencies } from './positions/value-currencies.js'
import { createBalanceCheck } from './reconcile/check-balances.js'
import { explainByEdit } from './reconcile/explain-by-edit.js'
import { createForeignOrders } from './reconcile/foreign-orders.js'
import { createReconciler } from './reconcile/reconcile.js'
import { createEditResolver } from './reconcile/resolve-edits.js'
import { createUnknownResolver } from './reconcile/resolve-unknowns.js'
import { createQuarantineDesk } from './reconcile/settle-quarantine.js'
import { withEdits } from './reconcile/with-edits.js'
import { createRecovery } from './recovery.js'
import { createSameBook } from './same-book.js'

/** Fills younger than this are looked for when balances are compared, ms. */
const recentFillsMs = 600_000

/**
 * Builds the desk: the only holder of a venue. Takes no order before {@link TradingDesk.start} has reconciled.
 *
 * @param deps - Ports and policy; the caller keeps owning journal, venue, market and feed, and closes them after the desk.
 *
 * @example
 * const desk = createTradingDesk({ environment: 'paper', accountId, policy, dryRun: false, journal, venue, account, market, … })
 * await desk.start()
 * const { outcome, intent } = await desk.place({ principal, terms })
 */
export function createTradingDesk(deps: TradingDeskDeps): TradingDesk {
  const context = createContext(deps)
  const { journal, account, venue, clock } = context
  const books = createSameBook(context.market)
  const ledger = createFillLedger(context, (fill) => journal.findByVenueOrderId(fill.orderId))
  const dayMarks = createDayMarks(context)
  const accounts = createAccountViews(context)
  const tracker = createOrderTracker({
    context,
    books,
    recordFills: (fills) => ledger.record(fills),
    explain: (intent, order) => explainByEdit(context, intent, order),
  })
  const balances = createBalanceCheck(context, ledger, async () =>
    ledger.record(
      await venue.listFills({ sinceMs: Math.max(await balances.openedAtMs(), context.venueNowMs() - recentFillsMs) }),
    ),
  )
  const killSwitch = createKillSwitch(context, async ({ principal, scope, mode, reason }) => {
    if (scope === 'account' && mode === 'ACTIVE') {
      context.background('baseline_not_accepted', balances.accept(principal.name, reason))
    }
  })
  const policies = [context.policy, ...(context.agentPolicies?.values() ?? [])]
  const prices = createPriceMemory(clock, Math.max(...policies.map((each) => each.priceJumpWindowMs ?? 0)))
  const clockWatch = createClockWatch(context)
  const snapshotDeps = { context, killSwitch, books, ledger, dayMarks, accounts, prices, clockWatch }

  const onLive: Parameters<typeof createSubmitter>[0]['onLive'] = (intent) => {
    tracker.follow(intent)
    if (!owesCancel(intent)) return
    context.background(
      'owed_cancel_failed',
      sendOwedCancel(context, intent).then(() => tracker.wake(intent.intentId)),
    )
  }
  const submitter = createSubmitter({
    context,
    books,
    onLive,
    onDoubt: (intent) => (intent.kind === 'edit' ? edits : resolver).begin(intent),
    whyNotAnyMore: async (intent) => {
      const verdict = await reevaluate(snapshotDeps, intent)
      return verdict.kind === 'go' ? undefined : verdict.reason
    },
  })
  const resolver = createUnknownResolver({
    context,
    books,
    isRunning: (intentId) => submitter.isRunning(intentId),
    onLive,
  })
  const edits = createEditResolver({
    context,
    books,
    isRunning: (intentId) => submitter.isRunning(intentId),
    onTarget: (intentId) => tracker.wake(intentId),
  })
  const foreign = createForeignOrders({ context, onLive })
  const quarantineDesk = createQuarantineDesk({ context, books, onLive, onDoubt: (intent) => resolver.begin(intent) })
  const reconciler = withEdits(
    createReconciler({
      context,
      books,
      isRunning: (intentId) => submitter.isRunning(intentId) || replacer.isRunning(intentId),
      onLive,
      tracker,
      resolver,
      ledger,
      balances,
    }),
    edits,
    journal.isShared === true,
  )
  const haltWatch = createHaltWatch({ context, lookAtOpenOrders: () => reconciler.lookAtOpenOrders() })
  const cancelDeps = { context, tracker, submitter, onForeign: (orderId: string) => foreign.adopt(orderId) }
  const replacer = createReplacer({ ...snapshotDeps, ...cancelDeps })
  const approvals = createApprovalDesk({ ...snapshotDeps, submitter, replacer })
  const recovery = createRecovery({
    context,
    reconciler,
    approvals,
    tracker,
    clockWatch,
    markDay: async () => {
      // By the store's time: a host that runs ahead must not open the day before the others.
      if (journal.isShared === true) context.noteStoreTime((await journal.limitUsage([])).nowMs)
      if (dayMarks.isCurrent()) return
      const held = Object.keys(holdingsOf(await account.balances()))
      await dayMarks.today((await valueCurrencies(context, held)).prices, held)
    },
  })
  const stopGauges = reportBusiness(context, async () => {
    const { day } = await readPositions({ context, ledger, dayMarks, accounts })
    await tripAtLoss(context, day)
  })
  const editDeps = {
    ...snapshotDeps,
    submitter,
    replacer,
    edits,
    tracker,
    whenReady: () => recovery.whenReady(),
  }
  let stopFeed: () => void = () => {}

  return {
    environment: context.environment,
    get policy() {
      return context.policy
    },
    policyFor: context.policyFor,
    async setPolicies(next) {
      await recordPolicies(context, next)
      context.setPolicies(next)
    },
    dryRun: context.dryRun,

    async start() {
      await recordPolicies(context, { policy: context.policy, agentPolicies: context.agentPolicies ?? new Map() })
      stopFeed = listenToFeed({
        context,
        tracker,
        submitter,
        onDoubtful: () => resolver.nudge(),
        onForeign: (orderId) => foreign.adopt(orderId),
        onGap: (reason) => recovery.onGap(reason),
      })
      context.listen((event) => {
        if (event.type === 'mode' && event.row.scope === 'account' && event.row.mode === 'HALTED')
          haltWatch.begin(event.row)
      })
      await books.refresh()
      await recovery.start()
      const halted = (await journal.modes()).find((row) => row.scope === 'account' && row.mode === 'HALTED')
      if (halted) haltWatch.begin(halted)
    },
    readiness: () => recovery.readiness(),

    async preview(principal, terms) {
      const snapshot = await takeSnapshot(snapshotDeps, principal, terms)
      const own = context.policyFor(principal.name)
      return {
        decision: evaluateOrder(own, snapshot, terms),
        policyVersion: own.version,
        marketAgeMs: snapshot.market?.ageMs,
      }
    },
    place: (request) =>
      placeOrder({ ...snapshotDeps, submitter, tracker, whenReady: () => recovery.whenReady() }, request),
    edit: (request) => editOrder(editDeps, request),
    replace: (request) => editOrder(editDeps, { ...request, how: 'replace' }),
    cancel: async (principal, id) => cancelOrder(cancelDeps, principal, await cancelTarget(context, principal, id)),
    cancelAll: (principal, productId) => cancelAllOrders({ ...cancelDeps, books }, principal, productId),

    decideApproval: (verdict) => approvals.decide(verdict),
    listApprovals: (pendingOnly) => approvals.list(pendingOnly),
    settleQuarantine: (request) => quarantineDesk.settle(request),
    setMode: (change) => killSwitch.setMode(change),
    modes: () => killSwitch.modes(),

    getOrder: (id) => readOrder({ context, tracker, resolver, adopt: (orderId) => foreign.adoptNow(orderId) }, id),
    listOrders: (query) => journal.listIntents(query),
    fills: (query) => listFills(context, () => balances.openedAtMs(), query),
    async balances() {
      const asOfMs = clock.nowMs()
      return { balances: await account.balances(), asOfMs }
    },
    async profile() {
      const asOfMs = clock.nowMs()
      const [fees, permissions] = await Promise.all([account.feeRates(), account.keyPermissions()])
      return { fees, permissions, asOfMs }
    },
    positions: (productId) => readPositions({ context, ledger, dayMarks, accounts }, productId),

    reconcile: (trigger) => reconciler.run(trigger),
    listen: (listener) => context.listen(listener),
    close: async () => {
      stopFeed()
      stopGauges()
      await closeDesk({ context, submitter, tracker })
      await killSwitch.close()
    },
  }
}

/** Every decision names its policy by version; the journal keeps the text behind it. */
async function recordPolicies({ journal }: DeskContext, { policy, agentPolicies }: Policies): Promise<void> {
  const texts = new Map([policy, ...agentPolicies.values()].map((each) => [each.version, serializePolicy(each)]))
  for (const [version, text] of texts) await journal.recordPolicy(version, text)
}
