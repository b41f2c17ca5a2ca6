import { type Case, text, type Violation } from './case.js'

const ended: ReadonlySet<string> = new Set(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])

/** After recovery nothing is stuck, what somebody else placed is known, and the account trades on: I7 and B6. */
export function checkProgress({ tables, orders, foreign, discrepancies }: Case): readonly Violation[] {
  const found: Violation[] = []
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  for (const intent of tables.intents) {
    const state = text(intent, 'state')
    const name = `intent ${text(intent, 'intent_id')}`
    if (state === 'RESERVED' || state === 'SUBMITTING') {
      found.push({ invariant: 'I7', detail: `${name} is still ${state} after recovery` })
    }
    if (intent['kind'] === 'edit' && state === 'ACKED') {
      found.push({
        invariant: 'I7',
        detail: `${name} is an edit that the venue took, and nobody knows what became of it`,
      })
    }
    if (intent['kind'] === 'edit' || (state !== 'ACKED' && state !== 'OPEN')) continue
    const order = byId.get(text(intent, 'venue_order_id'))
    if (order && ended.has(order.status)) {
      found.push({ invariant: 'I7', detail: `${name} is ${state}, its order ended long ago (${order.status})` })
    }
    const cancel = text(intent, 'cancel_state')
    if (cancel === 'requested' || cancel === 'unknown') {
      found.push({ invariant: 'I7', detail: `${name}: somebody wants it cancelled (${cancel}), and it lives on` })
    }
  }
  const adopted = new Set(tables.intents.map((row) => text(row, 'venue_order_id')))
  for (const order of orders) {
    if (!foreign.has(order.clientOrderId) || ended.has(order.status) || adopted.has(order.orderId)) continue
    found.push({ invariant: 'I3', detail: `order ${order.orderId} from outside is live and not counted` })
  }
  for (const row of tables.modes) {
    if (row['mode'] === 'ACTIVE') continue
    found.push({ invariant: 'I7', detail: `${text(row, 'scope')} is ${text(row, 'mode')}: ${text(row, 'reason')}` })
  }
  for (const discrepancy of discrepancies) {
    found.push({ invariant: 'exchange', detail: `the exchange's own books: ${JSON.stringify(discrepancy)}` })
  }
  return found
}

/** Intents that are honestly in doubt, or wait for a person. */
export function unresolvedOf({ tables }: Case): readonly string[] {
  return tables.intents
    .filter((row) => row['state'] === 'UNKNOWN' || row['state'] === 'QUARANTINED')
    .map((row) => `${text(row, 'intent_id')} ${text(row, 'state')}`)
}
