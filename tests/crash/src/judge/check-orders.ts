import type { OrderRecord } from '@tidegate/paper-exchange'
import { type OrderTerms, serializeTerms } from '@tidegate/trading-model'
import { AT_VENUE, type Case, NOT_AT_VENUE, ownIntents, text, type Violation, whole, wishedTerms } from './case.js'
import type { Row } from './read-journal.js'

/** At most one order per intent, and none without one: I1 and I2. */
export function checkOrigins({ tables, orders, foreign, wishes }: Case): readonly Violation[] {
  const found: Violation[] = []
  const own = ownIntents(tables).filter((row) => row['state'] !== 'DENIED')
  const begun = beginnings(tables.audit)
  for (const [clientOrderId, same] of groupBy(orders, (order) => order.clientOrderId)) {
    if (foreign.has(clientOrderId)) continue
    if (same.length > 1) found.push({ invariant: 'I1', detail: `${same.length} orders carry ${clientOrderId}` })
    const intents = own.filter((row) => row['client_order_id'] === clientOrderId)
    if (intents.length !== 1) {
      found.push({ invariant: 'I2', detail: `${intents.length} intents stand behind order ${clientOrderId}` })
    }
    for (const intent of intents) {
      const atMs = begun.get(text(intent, 'intent_id'))
      const createdAtMs = same[0]?.createdAtMs ?? 0
      if (atMs === undefined || atMs > BigInt(createdAtMs)) {
        const detail = `order ${clientOrderId} of ${createdAtMs} was sent before its intent said so (${String(atMs)})`
        found.push({ invariant: 'I2', detail })
      }
    }
  }
  // The same by what was asked for, whatever ids anybody used: every wish has terms of its own.
  const asked = new Set(wishes.map((wish) => wish.terms))
  for (const [terms, same] of groupBy(orders, (order) => firstTerms(order))) {
    if (asked.has(terms) && same.length > 1) {
      found.push({ invariant: 'I1', detail: `${same.length} orders came of one wish: ${terms}` })
    }
  }
  return found
}

/** One answer per wish: the same key, or without one the same terms within a minute, never makes a second intent. */
export function checkWishes({ tables, wishes }: Case): readonly Violation[] {
  const wished = wishedTerms(tables)
  const own = ownIntents(tables).filter((row) => row['kind'] === 'order' && row['state'] !== 'DENIED')
  return wishes.flatMap((wish) => {
    const same = own.filter(
      (row) => wished.get(text(row, 'intent_id')) === wish.terms && row['principal'] === wish.principal,
    )
    if (same.length <= 1) return []
    return [{ invariant: 'I1', detail: `${same.length} intents came of one wish: ${wish.terms}` }]
  })
}

/** What the record says of an order is so, and says it of the right order: I4 and I5. */
export function checkStates({ tables, orders, foreign }: Case): readonly Violation[] {
  const byClientId = groupBy(orders, (order) => order.clientOrderId)
  const byId = new Map(orders.map((order) => [order.orderId, order]))
  return ownIntents(tables).flatMap((intent): readonly Violation[] => {
    const state = text(intent, 'state')
    const name = `intent ${text(intent, 'intent_id')}`
    const there = byClientId.get(text(intent, 'client_order_id')) ?? []
    if (NOT_AT_VENUE.has(state)) {
      if (there.length === 0 || state === 'DENIED' || foreign.has(text(intent, 'client_order_id'))) return []
      return [{ invariant: 'I4', detail: `${name} is ${state}, and the venue has its order (${there[0]?.status})` }]
    }
    if (!AT_VENUE.has(state)) return []
    const order = byId.get(text(intent, 'venue_order_id'))
    if (!order) return [{ invariant: 'I5', detail: `${name} is ${state}, and the venue has no such order` }]
    return checkTerms(name, intent, order)
  })
}

function checkTerms(name: string, intent: Row, order: OrderRecord): readonly Violation[] {
  if (order.clientOrderId !== text(intent, 'client_order_id')) {
    return [{ invariant: 'I5', detail: `${name} points at order ${order.orderId} of somebody else` }]
  }
  if (termsOf(order) === text(intent, 'terms')) return []
  return [{ invariant: 'I5', detail: `${name} wants ${text(intent, 'terms')}, the venue has ${termsOf(order)}` }]
}

/** Our text of an order's terms, as far as it has one. */
export function termsOf(order: OrderRecord): string {
  return serializeTerms(order.terms as OrderTerms)
}

/** The terms before any edit. */
function firstTerms(order: OrderRecord): string {
  const [first] = order.editHistory
  if (!first) return termsOf(order)
  const terms = order.terms as OrderTerms
  if (terms.orderType === 'MARKET') return termsOf(order)
  return serializeTerms({ ...terms, limitPrice: first.limitPrice, size: { kind: 'base', baseSize: first.size } })
}

/** When each intent became SUBMITTING for the first time, by the audit log; database time, ms. */
function beginnings(audit: readonly Row[]): ReadonlyMap<string, bigint> {
  const begun = new Map<string, bigint>()
  for (const entry of audit) {
    const intentId = text(entry, 'intent_id')
    if (entry['type'] === 'intent.submit_begun' && !begun.has(intentId)) begun.set(intentId, whole(entry, 'at_ms'))
  }
  return begun
}

/** Groups in the order of their first members. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
