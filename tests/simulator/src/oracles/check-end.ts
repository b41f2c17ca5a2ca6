import { reconcile } from '@tidegate/paper-exchange/in-process'
import { type Intent, isTerminal, type Journal, type OrderTerms, ZERO } from '@tidegate/trading-model'
import { checkShown } from './check-change.js'
import { checkReplay, NEVER_AT_VENUE } from './check-states.js'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** After the liveness phase: store, record and exchange tell one story, nothing is held for what is over, the audit stands. */
export async function checkEnd(bench: Bench, journal: Journal): Promise<void> {
  const { blame, shadow, exchange } = bench
  const discrepancies = reconcile(exchange.engine.state)
  if (discrepancies.length > 0) blame('harness', `the exchange does not add up: ${JSON.stringify(discrepancies[0])}`)
  const stored = new Map((await journal.listIntents({ limit: 10_000 })).map((intent) => [intent.intentId, intent]))
  for (const entry of shadow.intents.values()) {
    checkStored(bench, entry, stored.get(entry.intent.intentId))
    checkReplay(bench, entry)
    checkRest(bench, entry)
  }
  for (const order of exchange.engine.state.orders.values()) {
    const entry = shadow.byClientOrderId(order.clientOrderId)
    if (!entry && !bench.outside.has(order.clientOrderId)) blame('I2', `order ${order.orderId} has no intent`)
    // What was done before the account was taken over is part of its opening inventory.
    const isNew = order.createdAtMs > (bench.openedAtMs() ?? Number.MAX_SAFE_INTEGER)
    // A person took it over for the order that the venue had named by mistake: the intent has another id, and counts it.
    const takenOver = [...stored.values()].find((intent) => intent.venueOrderId === order.orderId)
    const isCounted = takenOver !== undefined && order.filledSize.eq(takenOver.filledSize)
    if (!entry && isNew && order.filledSize.gt(0) && !isCounted)
      blame('I2', `order ${order.orderId} from outside was filled and nobody counts it`)
    if (entry && NEVER_AT_VENUE.has(entry.intent.state)) {
      blame('I4', `intent ${entry.intent.intentId} is ${entry.intent.state}, the venue has order ${order.orderId}`)
    }
  }
  await checkHeld(bench, journal)
  const audit = await journal.verifyAudit()
  if (!audit.ok) blame('I8', `the audit does not verify: ${audit.problem ?? `entry ${audit.firstBad ?? '?'}`}`)
  await checkAudited(bench, journal)
}

function checkStored({ blame }: Bench, { intent }: ShadowIntent, stored: Intent | undefined): void {
  if (!stored) blame('I8', `intent ${intent.intentId} was committed and is not in the store`)
  else if (stored.termsHash !== intent.termsHash) blame('I8', `intent ${intent.intentId} has other terms in the store`)
  else if (stored.version !== intent.version || stored.state !== intent.state) {
    blame(
      'I8',
      `intent ${intent.intentId} is ${stored.state} v${stored.version} in the store, ${intent.state} v${intent.version} was committed`,
    )
  }
}

function checkRest(bench: Bench, { intent }: ShadowIntent): void {
  const { blame, exchange, shadow } = bench
  if (!isTerminal(intent.state) && intent.state !== 'QUARANTINED') {
    blame('I7', `intent ${intent.intentId} never came to rest: ${intent.state} (${intent.outcomeReason ?? ''})`)
  }
  const order = intent.venueOrderId === undefined ? undefined : exchange.engine.state.orders.get(intent.venueOrderId)
  if (intent.state === 'QUARANTINED') return
  if (intent.venueOrderId !== undefined && !order)
    blame('I5', `intent ${intent.intentId} names order ${intent.venueOrderId}, which does not exist`)
  if (!order) return
  if (intent.principal !== 'external' && order.clientOrderId !== intent.clientOrderId) {
    blame('I5', `intent ${intent.intentId} names order ${order.orderId}, which is another one's`)
  }
  if (intent.principal !== 'external') checkShown(bench, intent, order.terms as OrderTerms)
  if (order.status !== intent.state)
    blame('I7', `intent ${intent.intentId} is ${intent.state}, its order ${order.status}`)
  if (!order.filledSize.eq(intent.filledSize)) {
    blame(
      'I6',
      `intent ${intent.intentId} shows ${intent.filledSize} filled, the exchange ${order.filledSize.toFixed()}`,
    )
  }
  if (!order.totalFees.eq(intent.totalFees)) {
    blame(
      'I6',
      `intent ${intent.intentId} shows fees of ${intent.totalFees}, the exchange ${order.totalFees.toFixed()}`,
    )
  }
  const recorded = [...shadow.fills.values()].filter((fill) => fill.orderId === order.orderId)
  const sum = recorded.reduce((total, fill) => total.plus(fill.baseSize), ZERO)
  if (!sum.eq(order.filledSize)) {
    blame(
      'I6',
      `executions of intent ${intent.intentId} add up to ${sum.toFixed()}, ${order.filledSize.toFixed()} was filled`,
    )
  }
}

/** Reservations equal exposure: at the end only what a person has to look at holds anything (I3, I7). */
async function checkHeld({ blame, shadow }: Bench, journal: Journal): Promise<void> {
  const due = new Map<string, bigint>()
  for (const { intent, reservations } of shadow.intents.values()) {
    if (intent.state !== 'QUARANTINED') continue
    for (const { scope, window, amount } of reservations) {
      if (window === 'open') due.set(scope, (due.get(scope) ?? 0n) + amount)
    }
  }
  const { rows } = await journal.limitUsage([])
  for (const row of rows) {
    if (row.window !== 'open') continue
    const expected = due.get(row.scope) ?? 0n
    due.delete(row.scope)
    if (row.used > expected) blame('I7', `${row.scope} still holds ${row.used}, ${expected} stands against it`)
  }
}

/** One audit entry for every change of an intent (I8). */
async function checkAudited({ blame, shadow }: Bench, journal: Journal): Promise<void> {
  const entries = await journal.auditEntries({ limit: 100_000 })
  const perIntent = new Map<string, number>()
  for (const { intentId } of entries) {
    if (intentId !== undefined) perIntent.set(intentId, (perIntent.get(intentId) ?? 0) + 1)
  }
  for (const { intent, events } of shadow.intents.values()) {
    const found = perIntent.get(intent.intentId) ?? 0
    if (found < events.length + 1) {
      blame('I8', `intent ${intent.intentId} changed ${events.length + 1} times, ${found} entries tell of it`)
    }
  }
}
