import type { OrderRecord } from '@tidegate/paper-exchange/in-process'
import { type IntentState, type OrderTerms, serializeTerms } from '@tidegate/trading-model'
import { checkReplacement } from './check-change.js'
import type { Bench } from './judge.js'

/** How far our idea of the venue's time may have been off when the deadline was set; more halts the account. */
const clockLeewayMs = 15_000

/** States in which the store has said, durably, that the order may be at the venue. */
const mayBeAtVenue: ReadonlySet<IntentState> = new Set(['SUBMITTING', 'UNKNOWN', 'QUARANTINED'])

/**
 * The moment in which the exchange takes an order: it must belong to an intent that was durably under way (I2), given up by nobody (I4),
 * and mean exactly what was committed (I5); no order of ours comes later than its token lives (I9).
 */
export function checkAcceptance(bench: Bench, order: OrderRecord): void {
  const { blame, shadow, world } = bench
  if (bench.outside.has(order.clientOrderId)) return
  const entry = shadow.byClientOrderId(order.clientOrderId)
  if (!entry) {
    blame('I2', `order ${order.orderId} (${order.clientOrderId}) was taken, and no intent stands behind it`)
    return
  }
  const { intent } = entry
  if (intent.kind === 'edit') blame('I1', `edit ${intent.intentId} became an order of its own`)
  if (intent.kind === 'replace') checkReplacement(bench, entry)
  bench.surfaced.onAccepted(intent)
  const isLateCopy = intent.state === 'REJECTED' && bench.surfaced.allows(intent)
  if (!mayBeAtVenue.has(intent.state) && !isLateCopy) {
    const given = ['RESERVED', 'AWAITING_APPROVAL'].includes(intent.state) ? 'I2' : 'I4'
    blame(
      given,
      `order of intent ${intent.intentId} was taken while it is ${intent.state} (${intent.outcomeReason ?? ''})`,
    )
  }
  const committed = serializeTerms(intent.terms)
  const taken = serializeTerms(order.terms as OrderTerms)
  if (committed !== taken && !bench.mistaken.has(order.clientOrderId))
    blame('I5', `${taken} was taken, ${committed} was committed`)
  const lastMs = (intent.signByMs ?? 0) + bench.tokenLifetimeMs + clockLeewayMs
  if (intent.signByMs !== undefined && world.nowMs() > lastMs) {
    blame(
      'I9',
      `order of intent ${intent.intentId} was taken ${world.nowMs() - lastMs} ms after any of its tokens could live`,
    )
  }
  const halt = haltFor(bench, entry.intent.intentId)
  if (halt === undefined) return
  const latestMs = halt + bench.signWithinMs + bench.tokenLifetimeMs
  if (world.nowMs() > latestMs) {
    blame('I9', `order of intent ${intent.intentId} was taken ${world.nowMs() - halt} ms after the halt`)
  }
}

/** Since when the scopes of an intent are halted; `undefined` while they are not. */
function haltFor({ shadow }: Bench, intentId: string): number | undefined {
  const intent = shadow.intents.get(intentId)?.intent
  if (!intent) return undefined
  const scopes = ['account', `agent:${intent.principal}`, `product:${intent.terms.productId}`]
  const halts = scopes.flatMap((scope) => {
    const row = shadow.modes.get(scope)
    return row?.mode === 'HALTED' ? [row.atMs] : []
  })
  return halts.length === 0 ? undefined : Math.min(...halts)
}
