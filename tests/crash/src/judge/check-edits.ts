import type { OrderRecord } from '@tidegate/paper-exchange'
import { Decimal } from '@tidegate/trading-model'
import { type Case, NOT_AT_VENUE, text, type Violation, wishedTerms } from './case.js'
import type { Row } from './read-journal.js'

const live: ReadonlySet<string> = new Set(['PENDING', 'OPEN', 'EDIT_QUEUED', 'CANCEL_QUEUED'])

/** A change happens at most once, is what the record says, and never leaves two orders for one wish: I1, I2, I4, I5 and A16. */
export function checkEdits({ tables, orders, edits }: Case): readonly Violation[] {
  const found: Violation[] = []
  const wished = wishedTerms(tables)
  for (const wish of edits) {
    const price = new Decimal(wish.limitPrice)
    const changes = tables.intents.filter(
      (row) =>
        row['state'] !== 'DENIED' && row['kind'] !== 'order' && priceIn(wished.get(text(row, 'intent_id')))?.eq(price),
    )
    const times = orders.reduce((sum, order) => sum + timesAt(order, price), 0)
    const name = `the change to ${wish.limitPrice}`
    if (changes.length > 1) found.push({ invariant: 'I1', detail: `${changes.length} intents came of ${name}` })
    if (times > 1) found.push({ invariant: 'I1', detail: `${name} happened ${times} times` })
    const [change] = changes
    if (!change) {
      if (times > 0) found.push({ invariant: 'I2', detail: `${name} happened and is not recorded` })
      continue
    }
    const state = text(change, 'state')
    const isNo = NOT_AT_VENUE.has(state) || (change['kind'] === 'edit' && state === 'FAILED')
    if (isNo && times > 0) found.push({ invariant: 'I4', detail: `${name} is ${state}, and the venue has it` })
    if (state === 'APPLIED' && times !== 1) {
      found.push({ invariant: 'I5', detail: `${name} is APPLIED, and the venue shows it ${times} times` })
    }
    found.push(...checkReplaced(tables.intents, orders, change))
  }
  return found
}

/** The order that is replaced is over before the new one is sent. */
function checkReplaced(intents: readonly Row[], orders: readonly OrderRecord[], change: Row): readonly Violation[] {
  if (change['kind'] !== 'replace') return []
  const target = intents.find((row) => row['intent_id'] === change['target_intent_id'])
  const orderOf = (row: Row | undefined) => orders.find((order) => order.clientOrderId === row?.['client_order_id'])
  const old = orderOf(target)
  const fresh = orderOf(change)
  if (!old || !fresh || !live.has(old.status)) return []
  return [
    { invariant: 'I3', detail: `order ${old.orderId} is ${old.status}, and its replacement ${fresh.orderId} was sent` },
  ]
}

function priceIn(terms: string | undefined): Decimal | undefined {
  if (terms === undefined) return undefined
  const { limit_price: price } = JSON.parse(terms) as { readonly limit_price?: string }
  return price === undefined ? undefined : new Decimal(price)
}

/** How often an order has come to have this price: now, or in its history. */
function timesAt({ terms, editHistory }: OrderRecord, price: Decimal): number {
  const now = terms.orderType === 'LIMIT' && terms.limitPrice.eq(price) ? 1 : 0
  return now + editHistory.filter((past) => past.limitPrice.eq(price)).length
}
